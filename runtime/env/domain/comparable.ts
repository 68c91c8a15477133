import type { FieldSpec, FieldType } from '../../store/record-store.ts';
import { validText } from '../../store/text.ts';
import { storedDate, storedDatetime } from '../moments.ts';
import type { Comparable, Term } from './condition.ts';
import { shown, validationError } from './refusal.ts';

const TEXTS: ReadonlySet<FieldType> = new Set(['char', 'text', 'html', 'selection']);

export const isText = (type: FieldType): boolean => TEXTS.has(type);

/** In Odoo, `false` says that there is no value. */
export const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === false;

/** What fields of each type are compared with, completing the sentence "takes ...". */
const TAKES: Readonly<Record<FieldType, string>> = {
  char: 'text',
  text: 'text',
  html: 'text',
  selection: 'text',
  integer: 'a number',
  float: 'a number',
  boolean: 'true or false',
  date: 'a Date or "2026-11-28"',
  datetime: 'a Date, "2026-11-28 20:00:00" (UTC), "2026-11-28" or ISO 8601 with its zone',
  binary: 'null only, with "=" or "!="',
  many2one: 'an id, a record or the text of a name',
  json: 'one text, number or true',
};

/** The value of a term in the form in which values of the field are kept. Throws a `ValidationError` when there is none. */
export function comparableOf(field: FieldSpec, value: unknown, term: Term): Comparable {
  const comparable = converted(field.type, value);
  if (comparable !== undefined) return comparable;
  const isMoment = field.type === 'date' || field.type === 'datetime';
  throw validationError(
    `Field ${term.path.join('.')} (${field.type}) is compared with ${isMoment ? 'a bad date, ' : ''}${shown(value)}; it takes ${TAKES[field.type]}.`,
  );
}

function converted(type: FieldType, value: unknown): Comparable | undefined {
  switch (type) {
    case 'char':
    case 'text':
    case 'html':
    case 'selection':
      return typeof value === 'string' ? validText(value) : undefined;
    case 'integer':
    case 'float':
      return finite(value);
    case 'boolean':
      return truth(value);
    case 'date':
      return storedDate(value);
    case 'datetime':
      return storedDatetime(value);
    case 'many2one':
      return idOf(value);
    case 'json':
      if (typeof value === 'string') return validText(value);
      return value === true ? true : finite(value);
    case 'binary':
      return undefined;
  }
}

const finite = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Odoo's scripts say 1 and 0 as well. */
function truth(value: unknown): boolean | undefined {
  if (isMissing(value) || value === 0) return false;
  return value === true || value === 1 ? true : undefined;
}

/** The id of a record: a number, or an object such as a record or a many2one that has one. */
export function idOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'id')) return undefined;
  const id: unknown = Reflect.get(value, 'id');
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}
