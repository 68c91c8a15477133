import { ValidationError } from '../errors.ts';
import { readFields } from './arguments.ts';
import type { Connection } from './connection.ts';
import { makeGuard, refuseAssignment } from './guard.ts';
import type { LinkHome, LinkSet } from './links/link-set.ts';
import { makeRef, searchLinksOfRecords, setLinkOfRecord } from './links/of-records.ts';
import {
  type PlainRecord,
  plainOf,
  type RecordRow,
  type RecordsAnswer,
  rowsOf,
  unloadedRows,
  valuesOf,
} from './record-row.ts';
import { difference, intersection, sameIds, union } from './rows.ts';
import { writtenValues } from './written-values.ts';

/** Model and ids of a set; undefined for anything else. Assigned by the class, which alone can look. */
let describe: (value: unknown) => DescribedRecords | undefined;

/** Only this file makes sets: the class can be reached through any of them. */
const MAKER = Symbol('makes sets of records');

export interface DescribedRecords {
  readonly model: string;
  readonly ids: readonly number[];
}

/**
 * Records of one model in their order; a single record is a set of one, and shows its loaded fields as properties. One class
 * serves all jobs of a realm: it is frozen, and what is a job's own is in private fields. Shape: docs/script-api.md.
 */
export class RecordSet {
  readonly #connection: Connection;
  readonly #model: string;
  readonly #rows: readonly RecordRow[];
  #ids: readonly number[] | undefined;

  constructor(maker: unknown, connection: Connection, model: string, rows: readonly RecordRow[]) {
    if (maker !== MAKER) throw new TypeError('Illegal constructor: env["res.partner"] makes records.');
    this.#connection = connection;
    this.#model = model;
    this.#rows = rows;
    const [row] = rows;
    if (row === undefined || rows.length > 1) return;
    row.single = this;
    this.#showFields(row);
  }

  static {
    describe = (value) =>
      typeof value === 'object' && value !== null && #rows in value
        ? { model: value.#model, ids: value.ids }
        : undefined;
  }

  get length(): number {
    return this.#rows.length;
  }

  get ids(): readonly number[] {
    this.#ids ??= Object.freeze(this.#rows.map(({ id }) => id));
    return this.#ids;
  }

  get id(): number {
    return this.#one().id;
  }

  *[Symbol.iterator](): Generator<RecordSet> {
    for (const row of this.#rows) yield this.#with([row]);
  }

  /** Value of a loaded field, also of one whose name is taken by a method. */
  get(name: unknown): unknown {
    const row = this.#one();
    if (name === 'id') return row.id;
    return this.#loaded(row, String(name));
  }

  union(other: unknown): RecordSet {
    const records = this.#sameModel(other, 'union');
    return this.#with(union(this.#rows, records.#rows), this.#model || records.#model);
  }

  intersection(other: unknown): RecordSet {
    return this.#with(intersection(this.#rows, this.#sameModel(other, 'intersection').#rows));
  }

  difference(other: unknown): RecordSet {
    return this.#with(difference(this.#rows, this.#sameModel(other, 'difference').#rows));
  }

  /** Whether both are of the same model and have the same records, in any order. */
  equals(other: unknown): boolean {
    if (!isRecordSet(other)) throw new TypeError('equals takes a set of records.');
    return this.#isLike(other) && sameIds(this.#rows, other.#rows);
  }

  filtered(keep: unknown): RecordSet {
    if (typeof keep !== 'function') throw new TypeError('filtered takes a function of one record.');
    return this.#with(
      this.#rows.filter((row) => {
        const answer: unknown = Reflect.apply(keep, undefined, [this.#with([row])]);
        if (!(answer instanceof Promise)) return answer;
        throw new TypeError('filtered takes a function that answers at once, not an async one.');
      }),
    );
  }

  /** Of each record the value of a field, or what a function makes of it. */
  mapped(field: unknown): unknown[] {
    if (typeof field === 'function') {
      return this.#rows.map((row) => Reflect.apply(field, undefined, [this.#with([row])]) as unknown);
    }
    if (field === 'id') return [...this.ids];
    if (typeof field === 'string') return this.#rows.map((row) => this.#loaded(row, field));
    throw new TypeError('mapped takes the name of a field, or a function of one record.');
  }

  /** Plain objects with the fields as they are on the server. */
  async read(fields?: unknown): Promise<readonly PlainRecord[]> {
    const names = readFields(fields, this.#where('read'));
    if (this.length === 0) return [];
    return (await this.#ask('env.read', [this.ids, names])).records;
  }

  async write(values: unknown): Promise<true> {
    const row = writtenValues(values, this.#where('write'), describeRecords);
    if (this.length === 0) return true;
    const { fields, records } = await this.#ask('env.write', [this.ids, row]);
    const byId = new Map(records.map((record) => [record.id, record]));
    for (const row of this.#rows) {
      const record = byId.get(row.id);
      for (const [field, value] of record ? valuesOf(record, fields) : []) row.values.set(field, value);
      if (row.single !== undefined) row.single.#showFields(row);
    }
    return true;
  }

  async unlink(): Promise<true> {
    if (this.length > 0) await this.#connection.callWithin('env.unlink', [this.#model, this.ids]);
    return true;
  }

  /** Calls a method of the model with these records. */
  async call(method: unknown, args: unknown = [], kwargs: unknown = {}): Promise<unknown> {
    return this.#connection.call('env.call', [this.#model, this.ids, method, args, kwargs]);
  }

  /** Posts a message on each record; resolves with the messages. */
  async message_post(options: unknown): Promise<RecordSet> {
    return recordsOf(this.#connection, await this.#ask('env.message_post', [this.ids, options]));
  }

  async set_link(relation: unknown, external: unknown, options?: unknown): Promise<LinkSet> {
    this.#one();
    return setLinkOfRecord(this.#home(), this.#described(), relation, external, options);
  }

  async search_links(relation: unknown, externals?: unknown): Promise<LinkSet> {
    return searchLinksOfRecords(this.#home(), this.#described(), relation, externals);
  }

  /** The older form of `set_link`: `prefix.123` is the relation and the reference. */
  async make_ref(reference: unknown, date?: unknown): Promise<LinkSet> {
    this.#one();
    return makeRef(this.#home(), this.#described(), reference, date);
  }

  /** A single record as an object, a set of none or several as a list of such. */
  toJSON(): PlainRecord | readonly PlainRecord[] {
    const [row] = this.#rows;
    return row !== undefined && this.length === 1 ? plainOf(row) : this.#rows.map(plainOf);
  }

  toString(): string {
    return `${this.#model}(${this.ids.join(', ')})`;
  }

  #with(rows: readonly RecordRow[], model = this.#model): RecordSet {
    const single = rows.length === 1 ? rows[0]?.single : undefined;
    return single ?? new RecordSet(MAKER, this.#connection, model, rows);
  }

  #home(): LinkHome {
    return linkHome(this.#connection);
  }

  #described(): DescribedRecords {
    return { model: this.#model, ids: this.ids };
  }

  #where(method: string): string {
    return `${this.#model}: ${method}`;
  }

  async #ask(operation: string, args: readonly unknown[]): Promise<RecordsAnswer> {
    return (await this.#connection.callWithin(operation, [this.#model, ...args])) as RecordsAnswer;
  }

  #one(): RecordRow {
    const [row] = this.#rows;
    if (row !== undefined && this.#rows.length === 1) return row;
    const of = this.#model === '' ? '' : ` of ${this.#model}`;
    throw new ValidationError(`Expected one record${of}, the set has ${this.#rows.length}.`);
  }

  #loaded({ id, values }: RecordRow, field: string): unknown {
    const value = values.get(field);
    if (value !== undefined || values.has(field)) return value;
    throw new TypeError(
      `The field ${field} of ${this.#model} is not loaded (record ${id}): name it in the fields of search, or await record.read(["${field}"]).`,
    );
  }

  /** A set that was found without any record has no model, and goes together with all. */
  #isLike(other: RecordSet): boolean {
    return this.#model === other.#model || this.#model === '' || other.#model === '';
  }

  #sameModel(other: unknown, method: string): RecordSet {
    if (!isRecordSet(other)) throw new TypeError(`${method} takes a set of records.`);
    if (this.#isLike(other)) return other;
    throw new TypeError(`${method} takes records of ${this.#model}, not of ${other.#model}.`);
  }

  /** Makes the fields of a single record its properties; methods keep their names. */
  #showFields(row: RecordRow): void {
    for (const name of row.values.keys()) {
      if (name in RecordSet.prototype || Object.hasOwn(this, name)) continue;
      const property = this.#connection.accessor(name, () => makeAccessor(name));
      Object.defineProperty(this, name, property);
    }
  }
}

Object.setPrototypeOf(
  RecordSet.prototype,
  makeGuard((receiver, name) => (isRecordSet(receiver) ? receiver.get(name) : undefined)),
);

/** The property by which a record shows a loaded field: always the value that is known now. */
function makeAccessor(name: string): PropertyDescriptor {
  return {
    get(this: RecordSet): unknown {
      return this.get(name);
    },
    set(): never {
      return refuseAssignment(name);
    },
    enumerable: true,
    configurable: false,
  };
}

/** Model and ids of a set of records; undefined for anything else. Runs no code of the job. */
export const describeRecords = (value: unknown): DescribedRecords | undefined => describe(value);

export const isRecordSet = (value: unknown): value is RecordSet => describe(value) !== undefined;

/** The records of an answer. */
export function recordsOf(connection: Connection, answer: RecordsAnswer): RecordSet {
  return new RecordSet(MAKER, connection, answer.model, rowsOf(answer));
}

/** Records of which only the ids are known. */
export function unloadedRecords(connection: Connection, model: string, ids: readonly number[]): RecordSet {
  return new RecordSet(MAKER, connection, model, unloadedRows(ids));
}

/** What sets of links need to ask and to find their records. */
export const linkHome = (connection: Connection): LinkHome => ({
  connection,
  records: (model, ids) => unloadedRecords(connection, model, ids),
});
