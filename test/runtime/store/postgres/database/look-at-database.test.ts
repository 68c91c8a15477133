import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtDatabase } from '../../../../../runtime/store/postgres/database/look-at-database.ts';
import { checkPostgresLedger } from '../../../../../runtime/store/postgres/ledger/check-database.ts';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import { HEX_KEY } from '../../../../support/ledger.ts';
import { toSqlite } from '../../../../support/moved-stores.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';
import { until } from '../../../../support/wait-for.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

describe('who only looks at a database', () => {
  let data: TestDatabase;
  let other: pg.Client;
  let dir = '';

  beforeEach(async () => {
    data = await testDatabase();
    await (await openPostgresStore({ url: data.url, chainKey: CHAIN_KEY })).close();
    other = new pg.Client({ connectionString: data.url });
    await other.connect();
    dir = mkdtempSync(join(tmpdir(), 'sluice-look-'));
  });
  afterEach(async () => {
    await other.end();
    await data[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Names under which connections wait for the table that `other` has locked. */
  const waiting = async (): Promise<readonly string[]> => {
    const rows = await data.ask<{ name: string }>(
      `SELECT application_name AS name FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };

  it('is no node of it', async () => {
    await other.query('BEGIN; LOCK TABLE schema_version');
    const look = lookAtDatabase(data.url);
    await until('it waits for the table', async () => (await waiting()).length > 0);
    expect(await waiting()).toEqual(['sluice look']);
    await other.query('COMMIT');
    expect((await look).schema).toBeGreaterThan(0);
  });

  it('and verifies its ledger, however long, keeps no move from beginning', async () => {
    await other.query('BEGIN; LOCK TABLE ledger');
    const check = checkPostgresLedger(data.url, { keys: [HEX_KEY] });
    await until('it waits for the table', async () => (await waiting()).length > 0);
    const move = toSqlite(dir, data.url);
    const refused = move.then(
      () => undefined,
      (error: Error) => error.message,
    );
    await Promise.race([refused, until('the move waits too', async () => (await waiting()).length === 2)]);
    expect(await waiting()).toEqual(['sluice look', 'sluice move']);
    await other.query('COMMIT');
    expect([await refused, (await check).ok]).toEqual([undefined, true]);
  });
});
