import { isDeepStrictEqual } from 'node:util';
import type { MatchRecord } from '../../../runtime/env/domain/lookups.ts';
import { parseOrder } from '../../../runtime/env/domain/parse-order.ts';
import { openDatabase } from '../../../runtime/store/postgres/database/database.ts';
import { numbered } from '../../../runtime/store/postgres/database/numbered.ts';
import { openReads } from '../../../runtime/store/postgres/database/reads.ts';
import type { Session } from '../../../runtime/store/postgres/database/session.ts';
import { changeRows } from '../../../runtime/store/postgres/records/change-rows.ts';
import { domainSql } from '../../../runtime/store/postgres/records/domain-sql.ts';
import { planChanges } from '../../../runtime/store/postgres/records/planned-changes.ts';
import { recordSearches } from '../../../runtime/store/postgres/records/record-search.ts';
import { searchSql } from '../../../runtime/store/postgres/records/search-plan.ts';
import { indexTable, makeTable } from '../../../runtime/store/postgres/records/tables.ts';
import { migrate } from '../../../runtime/store/postgres/schema/migrate.ts';
import type { Model, RecordPage, RecordSearch } from '../../../runtime/store/record-store.ts';
import { type DomainTest, domainModels, type ModelOfTest } from '../domains.ts';
import { testDatabase } from './database.ts';

export interface PostgresDomainTest extends DomainTest {
  readonly database: Session;
  /** How the database goes about it, in lines. */
  plan(model: string, domain: unknown, order?: string): Promise<string>;
  /** Ids of one page. */
  page(
    model: string,
    domain: unknown,
    order: string,
    page: Pick<RecordPage, 'limit' | 'offset'>,
  ): Promise<readonly number[]>;
  sql(model: string, domain: unknown): Promise<string>;
}

/** Records of models in a real PostgreSQL database, found by the store's own verb, and the same ones in memory. */
export async function openPostgresDomainTest(
  given: Readonly<Record<string, ModelOfTest>>,
): Promise<PostgresDomainTest> {
  const { models, records, modelOf, resolve, match } = domainModels(given);
  const created = await testDatabase();
  const database = openDatabase({ url: created.url });
  await migrate(database, 'The database of a test', 0);
  for (const model of models.values()) {
    await database.transact(async (session) => {
      await makeTable(session, model.number);
      await indexTable(session, model.number, model.fields.values());
      await keep(session, model, [...(records.get(model.number)?.values() ?? [])]);
    });
    await database.rows(`ANALYZE records_${model.number}`);
  }
  const reads = openReads({ url: created.url, database });
  const { searchRecords, countRecords } = recordSearches(reads);

  const searchOf = async (name: string, domain: unknown, order: string): Promise<RecordSearch> => ({
    model: modelOf(name).number,
    domain: await resolve(name, domain),
    order: parseOrder(order, modelOf(name)),
  });

  async function found(name: string, domain: unknown, order: string) {
    const model = modelOf(name);
    const wanted = await searchOf(name, domain, order);
    const rows = await searchRecords(wanted, { limit: 10_000, offset: 0 });
    if ((await countRecords(wanted, { limit: 10_000 })) !== rows.length)
      throw new Error('More or fewer records were counted than found.');
    const other = rows.find(({ version, ...row }) => {
      const before = records.get(model.number)?.get(row.id);
      return version !== 2 || !isDeepStrictEqual(row, before);
    });
    if (other !== undefined) throw new Error(`Record ${other.id} did not come back as it was.`);
    return rows.map(({ id }) => id);
  }

  return {
    database,
    match,
    find: (name, domain, order = '') => found(name, domain, order),
    async plan(name, domain, order = '') {
      const { sql, values } = searchSql(await searchOf(name, domain, order), { limit: 50, offset: 0 });
      const rows = await reads.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${numbered(sql)}`, values, undefined);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    },
    async page(name, domain, order, page) {
      const rows = await searchRecords(await searchOf(name, domain, order), page);
      return rows.map(({ id }) => id);
    },
    sql: async (name, domain) => domainSql(await resolve(name, domain), 'r').sql,
    async close() {
      await reads.close();
      await database.close();
      await created[Symbol.asyncDispose]();
    },
  };
}

/** As they were made, and then written to. */
async function keep(
  session: Session,
  { name, number }: Model,
  records: readonly MatchRecord[],
): Promise<void> {
  const makers = Map.groupBy(records, ({ create_date: at, create_uid: user }) =>
    JSON.stringify({ at, user }),
  );
  await keepEach(session, makers, { name, number, expected: null });
  const writers = Map.groupBy(records, ({ write_date: at, write_uid: user }) => JSON.stringify({ at, user }));
  await keepEach(session, writers, { name, number, expected: 1 });
}

/** `groups` by JSON of when and by whom. */
async function keepEach(
  session: Session,
  groups: ReadonlyMap<string, readonly MatchRecord[]>,
  { name, number, expected }: Pick<Model, 'name' | 'number'> & { readonly expected: number | null },
): Promise<void> {
  for (const [writer, records] of groups) {
    const changes = records.map(({ id, values }) => ({
      model: name,
      id,
      expected,
      values,
      files: new Map(),
    }));
    const [planned] = await planChanges(changes);
    const write = JSON.parse(writer);
    await changeRows(session, number, planned?.changes ?? [], { isUnique: false, write });
  }
}
