import { isPlainObject } from './arguments.ts';

/** A value as `create` and `write` send it; of kind `record` it is `{model, id}`. */
export type WrittenValue = readonly [name: string, kind: 'value' | 'record', value: unknown];

/** A set of records given as a value: its model and ids; undefined for anything else. */
export type ReadRecords = (value: unknown) => { model: string; ids: readonly number[] } | undefined;

/**
 * Values by field as they are sent; undefined ones are left out, as JSON does. A set of one record stands for that record,
 * an empty one for no value. Throws a TypeError that names the field. `where` is the function: `res.partner: write`.
 */
export function writtenValues(values: unknown, where: string, readRecords: ReadRecords): WrittenValue[] {
  if (!isPlainObject(values)) {
    throw new TypeError(`${where} takes an object of values by field: { name: "Ada" }.`);
  }
  const written: WrittenValue[] = [];
  for (const [name, value] of Object.entries(values)) {
    const what = `${where}: the value of ${name}`;
    if (value !== undefined) written.push([name, ...kindAndValue(value, what, readRecords)]);
  }
  return written;
}

function kindAndValue(
  value: unknown,
  what: string,
  readRecords: ReadRecords,
): readonly ['value' | 'record', unknown] {
  const records = readRecords(value);
  if (records === undefined) return ['value', checked(value, what)];
  const [id, ...more] = records.ids;
  if (id === undefined) return ['value', null];
  if (more.length === 0) return ['record', { model: records.model, id }];
  throw new TypeError(`${what} is one record, not a set of ${records.ids.length} of ${records.model}.`);
}

/** What is refused when it is sent, told with the name of the field. */
function checked(value: unknown, what: string): unknown {
  if (value instanceof Promise) throw new TypeError(`${what} is a Promise (forgot await?).`);
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`${what} is a ${typeof value}; give text, a number, a Date, bytes or plain data.`);
  }
  return value;
}
