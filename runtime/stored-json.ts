import { isUtf8 } from 'node:buffer';
import type { Encoded } from '../sandbox/types.ts';
import { decode } from '../sandbox/wire/decode.ts';
import type { Masker } from './mask/masker.ts';

/** The longest input or result that is kept with a job, in characters of JSON. */
const LONGEST_STORED = 65_536;
const EXCERPT = 1024;

/** Of a value whose JSON is longer than that, only so much is looked at: enough to know, and to mask the excerpt. */
const LOOKED_AT = 2 * LONGEST_STORED;

/**
 * The JSON text that is kept of plain data: masked, and cut to an excerpt when it is too long. `length`: characters of the
 * whole, as far as they are known.
 */
export function storedJson(value: unknown, masker: Masker, length = 0): string {
  const budget = { left: LOOKED_AT };
  const json = JSON.stringify(showable(value, budget)) ?? 'null';
  return budget.left < 0 ? excerptOf(json, masker, length) : storedText(json, masker);
}

/** `storedJson` of a value that is JSON text already. */
export function storedText(json: string, masker: Masker): string {
  if (json.length > LONGEST_STORED) return excerptOf(json, masker);
  const text = masked(json, masker);
  return text.length > LONGEST_STORED ? excerptOf(json, masker) : text;
}

/** `storedJson` of what a realm sent; null when it cannot be read. */
export function storedEncoded(encoded: Encoded, masker: Masker): string | null {
  try {
    return storedJson(decode(encoded), masker, encoded.text.length);
  } catch {
    return null;
  }
}

/** Characters of JSON that may still be made; below 0 the value was not looked at as a whole. */
interface Budget {
  left: number;
}

/** Plain data as JSON would show it to a person: bytes as text or base64, maps as lists of pairs, sets as lists. */
export function showable(value: unknown, budget: Budget = { left: Number.POSITIVE_INFINITY }): unknown {
  budget.left -= 1;
  if (typeof value === 'string') return spend(value, budget);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return listOf(value, budget);
  if (value instanceof ArrayBuffer) return showable(showableBytes(new Uint8Array(value)), budget);
  if (ArrayBuffer.isView(value)) {
    return showable(showableBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), budget);
  }
  const shown: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) {
    if (budget.left < 0) break;
    shown[spend(key, budget)] = showable(Reflect.get(value, key), budget);
  }
  return shown;
}

function listOf(items: Iterable<unknown>, budget: Budget): unknown[] {
  const shown: unknown[] = [];
  for (const item of items) {
    if (budget.left < 0) break;
    shown.push(showable(item, budget));
  }
  return shown;
}

function spend(text: string, budget: Budget): string {
  const kept = text.length > budget.left ? text.slice(0, Math.max(0, budget.left)) : text;
  budget.left -= text.length;
  return kept;
}

/** Text when the bytes are UTF-8, else `{base64}`; only their number when they are too many. */
export function showableBytes(bytes: Uint8Array): unknown {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength > LONGEST_STORED) return { bytes: view.byteLength };
  return isUtf8(view) ? view.toString('utf8') : { base64: view.toString('base64') };
}

/** A secret that is itself JSON may be replaced together with quotes; then nothing of the value is kept. */
function masked(json: string, masker: Masker): string {
  const text = masker.mask(json);
  return text === json || isJson(text) ? text : '"***"';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of a long text only the part that is kept is masked. */
function excerptOf(json: string, masker: Masker, length = 0): string {
  const excerpt = masker.excerpt(json, EXCERPT);
  return JSON.stringify({ truncated: true, length: Math.max(length, json.length), excerpt });
}
