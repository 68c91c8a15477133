import Database from 'better-sqlite3';
import type { ResolvedDomain } from '../../runtime/env/domain/condition.ts';
import type { Lookup, MatchRecord } from '../../runtime/env/domain/lookups.ts';
import { matchDomain } from '../../runtime/env/domain/match-domain.ts';
import { parseDomain } from '../../runtime/env/domain/parse-domain.ts';
import { parseOrder } from '../../runtime/env/domain/parse-order.ts';
import { resolveDomain } from '../../runtime/env/domain/resolve-domain.ts';
import type { FieldSpec, FieldType, Model, StoredValues } from '../../runtime/store/record-store.ts';
import { addFunctions } from '../../runtime/store/sqlite/database/functions.ts';
import { domainSql } from '../../runtime/store/sqlite/records/domain-sql.ts';
import { orderSql } from '../../runtime/store/sqlite/records/order-sql.ts';

/** Fields by name: a type, or `many2one MODEL`; with `!` behind it there is an index. */
export type Fields = Readonly<Record<string, string>>;

export interface ModelOfTest {
  readonly strict?: boolean;
  readonly fields: Fields;
  readonly records: readonly (Partial<Omit<MatchRecord, 'values'>> & { readonly values: StoredValues })[];
}

/** Records of models in a database, and the same ones in memory. */
export interface DomainTest {
  /** The ids that the database finds, in order. */
  find(model: string, domain: unknown, order?: string): Promise<readonly number[]>;
  /** The ids of the records that pass one by one. */
  match(model: string, domain: unknown): Promise<readonly number[]>;
  close(): Promise<void>;
}

export interface SqliteDomainTest extends DomainTest {
  readonly db: Database.Database;
  readonly models: ReadonlyMap<string, Model>;
  /** How the database goes about it, in one line; without an order. */
  plan(model: string, domain: unknown): Promise<string>;
  /** The condition and its values. */
  sql(model: string, domain: unknown): Promise<{ readonly sql: string; readonly values: readonly unknown[] }>;
}

export interface DomainModels extends Pick<DomainTest, 'match'> {
  readonly models: ReadonlyMap<string, Model>;
  /** By number of the model and id. */
  readonly records: ReadonlyMap<number, ReadonlyMap<number, MatchRecord>>;
  modelOf(name: string): Model;
  resolve(model: string, domain: unknown): Promise<ResolvedDomain>;
}

export function field(name: string, kind: string): FieldSpec {
  const [type = '', relation = null] = kind.replace('!', '').split(' ');
  return {
    name,
    type: type as FieldType,
    relation,
    required: false,
    unique: false,
    index: kind.endsWith('!'),
    selection: null,
    learned: false,
  };
}

/** Records of models in memory, which are judged one by one. */
export function domainModels(given: Readonly<Record<string, ModelOfTest>>): DomainModels {
  const models = new Map<string, Model>();
  const records = new Map<number, Map<number, MatchRecord>>();
  for (const [index, [name, { strict = false, fields, records: rows }]] of Object.entries(given).entries()) {
    const specs = Object.entries(fields).map(([key, kind]): [string, FieldSpec] => [key, field(key, kind)]);
    const model = { name, number: index + 1, strict, fields: new Map(specs) };
    models.set(name, model);
    records.set(model.number, new Map(rows.map((row, at) => [at + 1, recordOf(at + 1, row)])));
  }
  const resolve = (model: string, domain: unknown) =>
    resolveDomain(parseDomain(domain), model, async (name) => models.get(name));
  const modelOf = (name: string): Model => {
    const model = models.get(name);
    if (model === undefined) throw new Error(`The test has no model ${name}.`);
    return model;
  };
  const lookup: Lookup = async (model, id) => records.get(model)?.get(id);

  return {
    models,
    records,
    modelOf,
    resolve,
    async match(name, domain) {
      const resolved = await resolve(name, domain);
      const found: number[] = [];
      for (const record of records.get(modelOf(name).number)?.values() ?? []) {
        if (await matchDomain(resolved, record, lookup)) found.push(record.id);
      }
      return found.sort((a, b) => a - b);
    },
  };
}

function recordOf(id: number, given: ModelOfTest['records'][number]): MatchRecord {
  const user = JSON.stringify({ id: 'u1', name: 'Ada' });
  return { create_date: 0, write_date: 0, create_uid: user, write_uid: user, id, ...given };
}

/** Records of models in a real SQLite database, and the same ones in memory. */
export function openDomainTest(given: Readonly<Record<string, ModelOfTest>>): SqliteDomainTest {
  const db = new Database(':memory:');
  addFunctions(db);
  const { models, records, modelOf, resolve, match } = domainModels(given);
  for (const model of models.values()) {
    makeTable(db, model);
    for (const record of records.get(model.number)?.values() ?? []) keep(db, model, record);
  }

  async function condition(name: string, domain: unknown) {
    const { sql, values } = domainSql(await resolve(name, domain), 'r');
    return { text: `SELECT r.id FROM records_${modelOf(name).number} r WHERE ${sql}`, values };
  }

  return {
    db,
    models,
    match,
    async find(name, domain, order = '') {
      const { text, values } = await condition(name, domain);
      const by = orderSql(parseOrder(order, modelOf(name)), 'r');
      return db
        .prepare<(string | number)[], number>(`${text} ORDER BY ${by}`)
        .pluck()
        .all(...values);
    },
    async plan(name, domain) {
      const { text, values } = await condition(name, domain);
      const rows = db.prepare<(string | number)[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`);
      return rows
        .all(...values)
        .map(({ detail }) => detail)
        .join(' | ');
    },
    async sql(name, domain) {
      return domainSql(await resolve(name, domain), 'r');
    },
    async close() {
      db.close();
    },
  };
}

function makeTable(db: Database.Database, { number, fields }: Model): void {
  db.exec(`CREATE TABLE records_${number} (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, create_date INTEGER NOT NULL,
    write_date INTEGER NOT NULL, create_uid TEXT NOT NULL, write_uid TEXT NOT NULL, data TEXT NOT NULL)`);
  for (const { name } of [...fields.values()].filter(({ index }) => index)) {
    db.exec(
      `CREATE INDEX records_${number}_${name} ON records_${number} (json_extract(data, '$."${name}"'))`,
    );
  }
}

function keep(db: Database.Database, { number }: Model, record: MatchRecord): void {
  const { id, create_date, write_date, create_uid, write_uid, values } = record;
  db.prepare(`INSERT INTO records_${number} VALUES (?, 1, ?, ?, ?, ?, ?)`).run(
    id,
    create_date,
    write_date,
    create_uid,
    write_uid,
    JSON.stringify(values),
  );
}
