import type { ResolvedDomain } from '../env/domain/condition.ts';
import type { ResolvedOrder } from '../env/domain/parse-order.ts';
import type { JobRow } from './job-store.ts';
import type { LogWrite } from './log-store.ts';
import type { ReadTerms } from './read-terms.ts';

/**
 * Records of the embedded connection: rows of models, each a set of named values. What a value may be is said by its field,
 * which is declared in a project.yaml, comes with Sluice, or was learned from the first value that was written.
 */

/** In Odoo's words. `char`, `text`, `html` and `selection` are text; what is learned is char, float, boolean, datetime, binary, many2one or json. */
export type FieldType =
  | 'char'
  | 'text'
  | 'html'
  | 'selection'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'binary'
  | 'many2one'
  | 'json';

export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  /** The model that a many2one points to; null for other types. */
  readonly relation: string | null;
  readonly required: boolean;
  /** No two records of the model have the same value; null is no value. */
  readonly unique: boolean;
  /** Searches by it are quick. */
  readonly index: boolean;
  /** What a selection may be; null for other types. */
  readonly selection: readonly string[] | null;
  /** Nobody declared it: its type is that of its first value. */
  readonly learned: boolean;
}

/** A model as it is now, with what all projects declare of it and what was learned. */
export interface Model {
  readonly name: string;
  /** Its number in the store; names its table. 0: nothing was stored of it yet. */
  readonly number: number;
  /** Fields that nobody declared are refused. */
  readonly strict: boolean;
  readonly fields: ReadonlyMap<string, FieldSpec>;
}

/**
 * A value as it is kept: text; a number; a boolean; a date as `2026-11-28`; a datetime as `2026-11-28T20:00:00.000Z`; a many2one as the
 * id; of a binary its size in bytes; json as it is. There is no null: what has no value is left out.
 */
export type StoredValue =
  | string
  | number
  | boolean
  | readonly unknown[]
  | { readonly [key: string]: unknown };
export type StoredValues = Readonly<Record<string, StoredValue>>;

export interface RecordRow {
  readonly id: number;
  /** Grows with each write, from 1. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly create_date: number;
  readonly write_date: number;
  /** JSON of `{id, name}`: who made it, and who wrote it last. */
  readonly create_uid: string;
  readonly write_uid: string;
  readonly values: StoredValues;
}

/** One record that is made, changed or removed. */
export interface RecordChange {
  readonly model: string;
  readonly id: number;
  /** The version that the writer has seen; null: the record is new. */
  readonly expected: number | null;
  /** All values it has from now on; null: it is removed. */
  readonly values: StoredValues | null;
  /** Contents of binary fields that change; null: removed. */
  readonly files: ReadonlyMap<string, Uint8Array | null>;
}

export interface RecordsWrite {
  readonly at: number;
  /** JSON of `{id, name}`. */
  readonly user: string;
  readonly changes: readonly RecordChange[];
  /** Fields that these values are the first of, by model. */
  readonly learned: ReadonlyMap<string, readonly FieldSpec[]>;
  /** What the changes start, and what is to be said of them; committed together with them. */
  readonly jobs: readonly JobRow[];
  readonly logs: readonly LogWrite[];
  /** What all records may take together, in bytes. */
  readonly most_bytes: number;
}

export type RecordsWritten =
  | { readonly kind: 'written' }
  /** Another writer was quicker: a record has another version or is gone, or a field was learned or declared otherwise. Nothing was written. */
  | { readonly kind: 'conflict'; readonly model: string; readonly id: number }
  /** A unique field has this value in another record. Nothing was written. */
  | { readonly kind: 'duplicate'; readonly model: string; readonly field: string }
  /** The records would take more than `most_bytes`. Nothing was written. */
  | { readonly kind: 'full' };

/** What one project declares of a model. */
export interface ModelDeclaration {
  readonly name: string;
  readonly strict: boolean;
  readonly fields: readonly Omit<FieldSpec, 'learned'>[];
}

/** Where a model comes from. */
export interface ModelOrigin {
  /** `project`: slug of who declares it. */
  readonly declared: readonly { readonly project: string; readonly declaration: ModelDeclaration }[];
  /** Fields that were learned from values, also those that are declared by now. */
  readonly learned: readonly FieldSpec[];
}

export interface RecordSearch {
  /** Number of the model; 0 finds nothing. */
  readonly model: number;
  readonly domain: ResolvedDomain;
  readonly order: ResolvedOrder;
}

export interface RecordPage {
  readonly limit: number;
  readonly offset: number;
  /** Values that are wanted, by name of field; all unless given. */
  readonly fields?: readonly string[];
  /** What the values may take together, in characters of JSON; 16 MB unless given. */
  readonly most_bytes?: number;
}

/** Contents of a binary field. */
export interface RecordFile {
  readonly id: number;
  readonly field: string;
  readonly bytes: Uint8Array;
}

/** Lists of ids are bounded by who asks: these verbs run by key. */
export interface RecordStore {
  /** Undefined when nobody declared it and nothing was stored of it. */
  loadModel(name: string): Promise<Model | undefined>;
  listModels(): Promise<readonly Model[]>;
  originOfModel(name: string): Promise<ModelOrigin>;
  /** The first of `count` ids that no record of the model has, had, or will get otherwise. */
  reserveRecordIds(model: string, count: number): Promise<number>;
  /** In order of id; those that do not exist are left out. Rejects with a RangeError when they are too large to be in memory at once. */
  getRecords(model: string, ids: readonly number[]): Promise<readonly RecordRow[]>;
  /** Bytes of the values of each as JSON, without files. Those that do not exist are left out. */
  getRecordSizes(model: string, ids: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** What the records are called: the first 1,000 characters of `name`, "" without. Those that do not exist are left out. */
  getRecordNames(model: string, ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
  getRecordFiles(
    model: string,
    ids: readonly number[],
    fields: readonly string[],
  ): Promise<readonly RecordFile[]>;
  /** All of it or nothing. */
  commitRecords(write: RecordsWrite): Promise<RecordsWritten>;
  /** Rejects with a RangeError when the records come to more than `most_bytes`. */
  searchRecords(search: RecordSearch, page: RecordPage, terms?: ReadTerms): Promise<readonly RecordRow[]>;
  /** How many fit, counted up to `limit`. */
  countRecords(
    search: Omit<RecordSearch, 'order'>,
    bounds: { readonly limit: number },
    terms?: ReadTerms,
  ): Promise<number>;
}
