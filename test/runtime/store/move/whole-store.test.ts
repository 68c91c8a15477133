import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../../../runtime/store/postgres/open.ts';
import { openSqliteStore } from '../../../../runtime/store/sqlite/open.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { type Filled, fillStore, readStore } from '../../../support/filled-store.ts';
import { claimOne } from '../../../support/free-places.ts';
import { HEX_KEY } from '../../../support/ledger.ts';
import { contentsOf, toPostgres, toSqlite } from '../../../support/moved-stores.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres/database.ts';
import { ledgerWrite, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { CHAIN_KEY } from '../conformance/open-sqlite.ts';

describe('a store that is moved', () => {
  let dir = '';
  let back = '';
  let database: TestDatabase;
  let filled: Filled;
  let before: Readonly<Record<string, unknown>>;
  const opened: Store[] = [];

  const open = <Opened extends Store>(store: Opened): Opened => {
    opened.push(store);
    return store;
  };
  const sqlite = (place: string): Store =>
    open(openSqliteStore({ file: join(place, 'sluice.db'), chainKey: CHAIN_KEY }));
  const postgres = async (): Promise<Store> =>
    open(await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY }));
  async function closeAll(): Promise<void> {
    for (const store of opened.splice(0)) await store.close();
  }

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    back = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    database = await testDatabase();
    filled = await fillStore(sqlite(dir));
    await closeAll();
    before = await readStore(sqlite(dir), filled);
    await closeAll();
  });
  afterEach(async () => {
    await closeAll();
    rmSync(dir, { recursive: true, force: true });
    rmSync(back, { recursive: true, force: true });
    await database[Symbol.asyncDispose]();
  });

  it('reads the same on PostgreSQL, verb by verb', async () => {
    await toPostgres(dir, database.url);
    const there = await readStore(await postgres(), filled);
    for (const [what, value] of Object.entries(before))
      expect({ [what]: there[what] }).toEqual({ [what]: value });
  });

  it('is the same file again when it comes back', async () => {
    await toPostgres(dir, database.url);
    await toSqlite(back, database.url);
    const { records_1: records, ...others } = contentsOf(back);
    const { records_1: original, ...originals } = contentsOf(dir);
    expect(others).toEqual(originals);
    // Names of values come in an order of their own.
    expect(parsed(records)).toEqual(parsed(original));
    expect(await readStore(sqlite(back), filled)).toEqual(before);
  });

  it('goes there and back beside what an extension has in the same schema, and leaves that alone', async () => {
    const extension = [
      'CREATE EXTENSION citext',
      'CREATE TABLE places (id int PRIMARY KEY, name citext)',
      'CREATE INDEX places_name ON places (name)',
      'CREATE SEQUENCE place_ids',
      'ALTER EXTENSION citext ADD TABLE places',
      'ALTER EXTENSION citext ADD SEQUENCE place_ids',
    ];
    for (const sql of extension) await database.ask(sql);
    const read = () =>
      database.ask(`SELECT oid, relname FROM pg_class WHERE relname LIKE 'place%' ORDER BY oid`);
    const there = await read();
    expect(there).toHaveLength(4);
    await toPostgres(dir, database.url);
    await database.ask('CREATE TABLE moving (began_at int8)');
    await toPostgres(dir, database.url, true);
    await toSqlite(back, database.url);
    expect(await read()).toEqual(there);
    expect(await readStore(sqlite(back), filled)).toEqual(before);
  });

  it('gives no number again, goes on with its ledger and takes running jobs back', async () => {
    await toPostgres(dir, database.url);
    const store = await postgres();
    expect(await store.takeBackExpired(MID_MONTH + 120_000)).toEqual([filled.running]);
    expect((await claimOne(store, MID_MONTH + 1))?.id).toBeDefined();
    await store.appendLogs([logWrite({ message: 'after' })]);
    await store.appendLedger([ledgerWrite({ at: MID_MONTH + 100 })]);
    expect(await store.reserveRecordIds('x.thing', 1)).toBe(4);
    expect(await nextLink(store, filled.projectId)).toBe(4);
    expect(await store.verifyLedger({}, [HEX_KEY])).toMatchObject({ ok: true, rows: 6 });
    const ids = (await store.listLogs({}, { limit: 100 })).items.map(({ id }) => id);
    expect(Math.max(...ids)).toBe(7);
    await closeAll();
    await database.ask('UPDATE jobs SET lease_until = 0');

    await toSqlite(back, database.url);
    const again = sqlite(back);
    await again.appendLogs([logWrite({ message: 'after that' })]);
    await again.appendLedger([ledgerWrite({ at: MID_MONTH + 200 })]);
    expect(await nextLink(again, filled.projectId)).toBe(5);
    const lines = (await again.listLogs({}, { limit: 100 })).items.map(({ id }) => id);
    expect(new Set(lines).size).toBe(8);
    expect(await again.verifyLedger({}, [HEX_KEY])).toMatchObject({ ok: true, rows: 7 });
  });
});

function parsed(records: readonly unknown[] = []): readonly unknown[] {
  return records.map((record) => {
    if (typeof record !== 'object' || record === null || !('data' in record)) return record;
    return { ...record, data: JSON.parse(String(record.data)) };
  });
}

async function nextLink(store: Store, project_id: string): Promise<number> {
  const written = await store.setLink({
    ...{ project_id, relation: 'r', model: 'res.partner', sync_date: 5, allow_many2many: true },
    refs: [
      ['external', `e${Math.random()}`],
      ['odoo', '99'],
    ],
    ...{ most_links: 1000, most_bytes: 1_000_000 },
  });
  return written.kind === 'full' ? 0 : written.link.id;
}
