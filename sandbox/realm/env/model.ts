import { readFields, readIds, readOptions } from './arguments.ts';
import type { Connection } from './connection.ts';
import type { PlainRecord, RecordsAnswer } from './record-row.ts';
import { describeRecords, type RecordSet, recordsOf, unloadedRecords } from './record-set.ts';
import { writtenValues } from './written-values.ts';

const MAKER = Symbol('makes models');
const SEARCH_OPTIONS = ['fields', 'order', 'limit', 'offset'];

/** `env["res.partner"]` of one job. One class serves all jobs of a realm. Shape: docs/script-api.md. */
export class Model {
  readonly #connection: Connection;
  readonly #name: string;

  constructor(maker: unknown, connection: Connection, name: string) {
    if (maker !== MAKER) throw new TypeError('Illegal constructor: env["res.partner"] makes models.');
    this.#connection = connection;
    this.#name = name;
  }

  async search(domain: unknown = [], options?: unknown): Promise<RecordSet> {
    const where = this.#where('search');
    const { fields, order, limit, offset } = readOptions(options, SEARCH_OPTIONS, where);
    return this.#records('env.search', [
      domain,
      {
        fields: readFields(fields, where),
        order: order ?? null,
        limit: limit ?? null,
        offset: offset ?? null,
      },
    ]);
  }

  async search_count(domain: unknown = []): Promise<number> {
    return (await this.#connection.callWithin('env.search_count', [this.#name, domain])) as number;
  }

  /** The records with these ids, in this order, each once. */
  async browse(ids: unknown): Promise<RecordSet> {
    const wanted = readIds(ids, this.#where('browse'));
    if (wanted.length === 0) return unloadedRecords(this.#connection, this.#name, []);
    return this.#records('env.read', [wanted, null]);
  }

  /** One record of an object of values, a set of a list of such. */
  async create(values: unknown): Promise<RecordSet> {
    const list: readonly unknown[] = Array.isArray(values) ? values : [values];
    const rows = list.map((row) => writtenValues(row, this.#where('create'), describeRecords));
    if (rows.length === 0) return unloadedRecords(this.#connection, this.#name, []);
    return this.#records('env.create', [rows]);
  }

  async call(method: unknown, args: unknown = [], kwargs: unknown = {}): Promise<unknown> {
    return this.#connection.call('env.call', [this.#name, null, method, args, kwargs]);
  }

  async #records(operation: string, args: readonly unknown[]): Promise<RecordSet> {
    const answer = await this.#connection.callWithin(operation, [this.#name, ...args]);
    return recordsOf(this.#connection, answer as RecordsAnswer);
  }

  #where(method: string): string {
    return `${this.#name}: ${method}`;
  }
}

export const makeModel = (connection: Connection, name: string): Model => new Model(MAKER, connection, name);

/** What a db trigger brings: the records with the values they have, or had when they were deleted. */
interface TriggerRecords {
  readonly model: string;
  readonly records: readonly PlainRecord[];
}

/** The argument of `handle_db`. Throws a TypeError when the input is not `{model, records}`. */
export function triggerRecords(connection: Connection, input: unknown): RecordSet {
  const { model, records } = (input ?? {}) as Partial<TriggerRecords>;
  if (typeof model !== 'string' || !Array.isArray(records) || !records.every(hasId)) {
    throw new TypeError('handle_db is started with { model, records: [{ id, ... }], deleted }.');
  }
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return recordsOf(connection, { model, fields, records });
}

const hasId = (value: unknown): value is PlainRecord =>
  typeof value === 'object' && value !== null && Number.isSafeInteger((value as PlainRecord).id);
