import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../../runtime/store/sqlite/open.ts';
import { createRandom } from '../../../support/fuzz/random.ts';
import { addHostileRows } from '../../../support/hostile-rows.ts';
import { contentsOf, toPostgres, toSqlite } from '../../../support/moved-stores.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres/database.ts';

describe('rows of every kind of value', () => {
  let dir = '';
  let back = '';
  let database: TestDatabase;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    back = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    database = await testDatabase();
  });
  afterEach(async () => {
    rmSync(dir, { recursive: true, force: true });
    rmSync(back, { recursive: true, force: true });
    await database[Symbol.asyncDispose]();
  });

  it.each([1, 2, 3])(
    'come back as they were (seed %i)',
    async (seed) => {
      const file = join(dir, 'sluice.db');
      await openSqliteStore({ file, chainKey: new Uint8Array(32) }).close();
      addHostileRows(file, createRandom(seed), 25);
      const there = await toPostgres(dir, database.url);
      expect(there.rows).toBeGreaterThan(400);
      await database.ask('DELETE FROM ledger_chains');
      const again = await toSqlite(back, database.url);
      expect(again.tables.map(({ name, rows }) => [name, rows])).toEqual(
        there.tables.map(({ name, rows }) => [name, rows]),
      );
      expect(contentsOf(back)).toEqual(contentsOf(dir));
    },
    60_000,
  );
});
