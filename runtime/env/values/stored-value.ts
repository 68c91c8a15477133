import type { FieldSpec, StoredValue } from '../../store/record-store.ts';
import { validText } from '../../store/text.ts';
import { LARGEST_FILE, LARGEST_RECORD } from '../bounds.ts';
import { shown, validationError } from '../domain/refusal.ts';
import { storedDate, storedDatetime } from '../moments.ts';
import type { Given } from './given.ts';

/** What a value is kept as; `file` of a binary field, whose value is its size. Null: no value. */
export interface Converted {
  readonly value: StoredValue;
  readonly file?: Uint8Array;
}

/**
 * The value in the form in which its field keeps it. As in Odoo, false is no value for all but booleans. Throws a ValidationError
 * that names model, field, value and what the field takes.
 */
export function convertValue(model: string, field: FieldSpec, given: Given): Converted | null {
  if (given.kind === 'value' && isNothing(field, given.value)) return null;
  const converted =
    given.kind === 'record' ? recordId(field, given) : CONVERT[field.type](given.value, field);
  if (converted !== undefined) return converted;
  const what = given.kind === 'record' ? `a record of ${given.model}` : shown(given.value);
  const why = field.learned ? ', as its first value was such a one' : '';
  throw validationError(`${model}.${field.name} takes ${takes(field)}${why}, not ${what}.`);
}

const isNothing = (field: FieldSpec, value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (value === false && field.type !== 'boolean' && field.type !== 'json');

type Convert = (value: unknown, field: FieldSpec) => Converted | undefined;

const kept = (value: StoredValue | undefined): Converted | undefined =>
  value === undefined ? undefined : { value };

/** As every database keeps it: what is found, and what is unique, must not depend on which one it is. */
const text: Convert = (value) => kept(typeof value === 'string' ? validText(value) : undefined);
const selection: Convert = (value, { selection: allowed }) =>
  kept(typeof value === 'string' && (allowed === null || allowed.includes(value)) ? value : undefined);
const integer: Convert = (value) =>
  kept(typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined);
const float: Convert = (value) =>
  kept(typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined);

const CONVERT: Readonly<Record<FieldSpec['type'], Convert>> = {
  char: text,
  text,
  html: text,
  selection,
  integer,
  float,
  boolean: (value) => kept(typeof value === 'boolean' ? value : undefined),
  date: (value) => kept(storedDate(value)),
  datetime: (value) => kept(storedDatetime(value)),
  binary: binary,
  many2one: (value) => kept(idOf(value)),
  json: (value) => kept(asJson(value)),
};

/** Bytes, or base64 as Odoo has it. */
function binary(value: unknown): Converted | undefined {
  const file = typeof value === 'string' ? bytesOfBase64(value) : bytesOf(value);
  if (file === undefined) return undefined;
  if (file.byteLength > LARGEST_FILE) {
    throw validationError(`A binary value has at most ${LARGEST_FILE} bytes, not ${file.byteLength}.`);
  }
  return { value: file.byteLength, file };
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}

function bytesOfBase64(value: string): Uint8Array | undefined {
  const plain = value.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]*={0,2}$/.test(plain) && plain.length % 4 === 0
    ? Buffer.from(plain, 'base64')
    : undefined;
}

function recordId({ type, relation }: FieldSpec, given: Extract<Given, { kind: 'record' }>) {
  return type === 'many2one' && relation === given.model ? { value: given.id } : undefined;
}

/** An id, or what reading a many2one gives: `{id, name}`. */
function idOf(value: unknown): number | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** Databases read JSON that is nested up to 1,000 deep; a record is around it. */
const DEEPEST = 900;

/** Lists, objects and what is in them: what they cost to read and write depends on their number. */
const MOST_ITEMS = 50_000;
/** The deeper an item, the longer it takes to write: one so deep counts twice, one twice as deep three times. */
const TWICE = 50;

function asJson(value: unknown): StoredValue | undefined {
  if (typeof value === 'string') return validText(value);
  const room = { bytes: LARGEST_RECORD, items: MOST_ITEMS };
  if (!isPlainData(value, DEEPEST, room)) return undefined;
  if (room.bytes < 0) throw validationError(`A record takes at most ${LARGEST_RECORD} bytes as JSON.`);
  const written = JSON.stringify(value);
  return written === undefined ? undefined : JSON.parse(written);
}

/** What is left to a value: bytes of its JSON, about, and items. */
interface Room {
  bytes: number;
  items: number;
}

/**
 * False for what is too deep or of too many items, and for bytes, of which JSON would make a name and a number each, and what JSON makes
 * nothing of. Looks no further once no bytes are left.
 */
function isPlainData(value: unknown, levels: number, room: Room): boolean {
  room.items -= 1 + (DEEPEST - levels) / TWICE;
  room.bytes -= typeof value === 'string' ? value.length : 1;
  if (room.items < 0) return false;
  if (room.bytes < 0 || typeof value !== 'object' || value === null || value instanceof Date) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlainData(item, levels - 1, room));
  if (!isPlain(value)) return false;
  return Object.entries(value).every(([key, item]) => {
    room.bytes -= key.length + MARKS;
    return isPlainData(item, levels - 1, room);
  });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Quotes, colon and comma. */
const MARKS = 4;

function takes({ type, relation, selection: allowed }: FieldSpec): string {
  switch (type) {
    case 'selection':
      return `one of ${(allowed ?? []).map((each) => JSON.stringify(each)).join(', ')}`;
    case 'integer':
      return 'a whole number';
    case 'float':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a day, as a Date or like "2026-11-28"';
    case 'datetime':
      return 'a time, as a Date or like "2026-11-28T20:00:00Z"';
    case 'binary':
      return 'bytes, as a Uint8Array or base64';
    case 'many2one':
      return `a record of ${relation} or its id`;
    case 'json':
      return `plain data of up to ${MOST_ITEMS} items, nested up to ${DEEPEST} deep`;
    default:
      return 'text';
  }
}
