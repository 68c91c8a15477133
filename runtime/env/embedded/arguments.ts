import { isPlainObject } from '../../plain-object.ts';
import { MODEL } from '../../project/names.ts';
import type { Model } from '../../store/record-store.ts';
import { MOST_FIELDS, MOST_FOUND, MOST_RECORDS } from '../bounds.ts';
import { isFieldName } from '../domain/names.ts';
import { shown, validationError } from '../domain/refusal.ts';
import { MAGIC } from '../values/shown-record.ts';

/** Arguments as code of a project gave them: anything. Each function throws an error that names what is wrong. */

export function modelFrom(name: unknown): string {
  if (typeof name === 'string' && MODEL.test(name)) return name;
  throw validationError(
    `${shown(name)} is no name of a model. It is like res.partner: a-z, 0-9, _ and dots.`,
  );
}

/** Ids without those that are there twice. */
export function idsFrom(model: string, ids: unknown): readonly number[] {
  const list: readonly unknown[] = Array.isArray(ids) ? ids : [ids];
  if (list.length > MOST_RECORDS) {
    throw new RangeError(
      `One call takes at most ${MOST_RECORDS} records of ${model}, not ${list.length}. Take them in parts.`,
    );
  }
  const wrong = list.find((id) => typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1);
  if (wrong === undefined) return [...new Set(list as readonly number[])];
  throw validationError(`${shown(wrong)} is no id of a record of ${model}: a whole number from 1.`);
}

/** Null: those that are loaded unless others are asked for. Unknown fields of a strict model are refused; of others they have no value. */
export function fieldsFrom(model: Model, fields: unknown): readonly string[] | null {
  if (fields === null || fields === undefined) return null;
  if (!Array.isArray(fields) || fields.length > MOST_FIELDS) {
    throw validationError(`fields is a list of at most ${MOST_FIELDS} names of fields of ${model.name}.`);
  }
  for (const name of fields) {
    if (typeof name !== 'string' || !isFieldName(name)) {
      throw validationError(`${shown(name)} is no name of a field of ${model.name}.`);
    }
    const isKnown = model.fields.has(name) || MAGIC.some((magic) => magic === name) || name === 'id';
    if (model.strict && !isKnown) {
      throw validationError(
        `${model.name} has no field ${name}. There are ${[...model.fields.keys()].join(', ')}.`,
      );
    }
  }
  return [...new Set(fields as readonly string[])].filter((name) => name !== 'id');
}

export interface SearchOptions {
  readonly fields: unknown;
  readonly order: string | null;
  readonly limit: number | null;
  readonly offset: number;
}

export function searchOptionsFrom(options: unknown): SearchOptions {
  const given = options ?? {};
  if (!isPlainObject(given)) throw new TypeError(`search takes its options as an object: { ${OPTIONS[0]} }.`);
  const unknown = Object.keys(given).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`search has no option ${shown(unknown)}. There are ${OPTIONS.join(', ')}.`);
  }
  const { order = null } = given;
  if (order !== null && typeof order !== 'string') throw new TypeError('order is text like "name desc, id".');
  return {
    fields: given.fields ?? null,
    order,
    limit: countFrom('limit', given.limit, MOST_FOUND),
    offset: countFrom('offset', given.offset, Number.MAX_SAFE_INTEGER) ?? 0,
  };
}

const OPTIONS = ['fields', 'order', 'limit', 'offset'];

function countFrom(name: string, value: unknown, most: number): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${name} takes a whole number from 0 to ${most}.`);
}
