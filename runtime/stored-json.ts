import { isUtf8 } from 'node:buffer';
import { decode } from '../sandbox/codec.ts';
import type { Encoded } from '../sandbox/types.ts';
import type { Masker } from './mask.ts';

/** The longest input or result that is kept with a job, in characters of JSON. */
const LONGEST_STORED = 65_536;
const EXCERPT = 1024;

/** The JSON text that is kept of a value: masked, and cut to an excerpt when it is too long. */
export function storedJson(value: unknown, masker: Masker): string {
  return storedText(JSON.stringify(value) ?? 'null', masker);
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
    return storedJson(showable(decode(encoded)), masker);
  } catch {
    return null;
  }
}

/** Plain data as JSON would show it to a person: bytes as text or base64, maps as lists of pairs, sets as lists. */
export function showable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(showable);
  if (value instanceof Map || value instanceof Set) return [...value].map(showable);
  if (value instanceof ArrayBuffer) return showableBytes(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) {
    return showableBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  const shown: Record<string, unknown> = Object.create(null);
  for (const [key, child] of Object.entries(value)) shown[key] = showable(child);
  return shown;
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
const excerptOf = (json: string, masker: Masker): string =>
  JSON.stringify({ truncated: true, length: json.length, excerpt: masker.excerpt(json, EXCERPT) });
