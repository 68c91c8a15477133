import type { RecordSet } from './record-set.ts';
import { distinct } from './rows.ts';

/** Records as the server answers: `fields` were loaded, also where a record has no value in one. */
export interface RecordsAnswer {
  readonly model: string;
  readonly fields: readonly string[];
  readonly records: readonly PlainRecord[];
}

/** A record as plain data: its id and values by field. */
export interface PlainRecord {
  readonly id: number;
  readonly [field: string]: unknown;
}

/** What sets know of a record. Sets made from one another share it, so that all of them see what one has written. */
export interface RecordRow {
  readonly id: number;
  /** Of the fields that are loaded; null: no value. */
  readonly values: Map<string, unknown>;
  /** The set of this record alone, once somebody has asked for it: the same object each time. */
  single: RecordSet | undefined;
}

/** The rows of an answer, each record once. */
export function rowsOf({ fields, records }: Omit<RecordsAnswer, 'model'>): RecordRow[] {
  return distinct(
    records.map((record) => ({ id: record.id, values: valuesOf(record, fields), single: undefined })),
  );
}

/** Rows of which nothing but the id is known. */
export function unloadedRows(ids: readonly number[]): RecordRow[] {
  return distinct(ids.map((id) => ({ id, values: new Map(), single: undefined })));
}

/** Values of a record by field: null for those that it does not have. */
export function valuesOf(record: PlainRecord, fields: readonly string[]): Map<string, unknown> {
  const named = fields.filter((field) => field !== 'id');
  return new Map(named.map((field) => [field, Object.hasOwn(record, field) ? record[field] : null]));
}

/** The record as plain data again; a field may have any name, `__proto__` too. */
export function plainOf({ id, values }: Pick<RecordRow, 'id' | 'values'>): PlainRecord {
  return Object.fromEntries([['id', id], ...values]) as PlainRecord;
}
