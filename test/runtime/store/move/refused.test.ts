import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MoveProgress } from '../../../../runtime/store/move/move-report.ts';
import { moveToPostgres } from '../../../../runtime/store/move/move-to-postgres.ts';
import { moveToSqlite } from '../../../../runtime/store/move/move-to-sqlite.ts';
import { openDatabase } from '../../../../runtime/store/postgres/database/database.ts';
import { openPostgresStore } from '../../../../runtime/store/postgres/open.ts';
import { migrate, SCHEMA_KEY } from '../../../../runtime/store/postgres/schema/migrate.ts';
import { openSqliteStore } from '../../../../runtime/store/sqlite/open.ts';
import { fillStore } from '../../../support/filled-store.ts';
import { tamper } from '../../../support/ledger.ts';
import { toPostgres, toSqlite } from '../../../support/moved-stores.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres/database.ts';
import { MID_MONTH } from '../../../support/rows.ts';
import { until } from '../../../support/wait-for.ts';
import { CHAIN_KEY } from '../conformance/open-sqlite.ts';

const END_MOVES = `
  import pg from 'pg';
  const client = new pg.Client(process.argv[1]);
  await client.connect();
  await client.query(\`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'sluice move' AND datname = current_database()\`);
  await client.end();`;

describe('a move', () => {
  let dir = '';
  let back = '';
  let file = '';
  let database: TestDatabase;

  const openSqlite = (place = dir) =>
    openSqliteStore({ file: join(place, 'sluice.db'), chainKey: CHAIN_KEY });
  const openPostgres = () => openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
  const refusedWith = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'not refused',
      (error: { readonly code?: string }) => error.code,
    );

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    back = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    file = join(dir, 'sluice.db');
    database = await testDatabase();
    const store = openSqlite();
    await fillStore(store);
    await store.close();
  });
  afterEach(async () => {
    rmSync(dir, { recursive: true, force: true });
    rmSync(back, { recursive: true, force: true });
    await database[Symbol.asyncDispose]();
  });

  describe('to PostgreSQL', () => {
    it('is refused without data, or with data of another version or kind', async () => {
      expect(await refusedWith(toPostgres(back, database.url))).toBe('no_data');
      writeFileSync(
        join(back, 'sluice.db'),
        'this is text, and no database, however long it may be'.repeat(50),
      );
      expect(await refusedWith(toPostgres(back, database.url))).toBe('no_data');
      tamper(file, 'CREATE TABLE left_behind (id INTEGER PRIMARY KEY)');
      await expect(toPostgres(dir, database.url)).rejects.toThrow(
        /has the table left_behind with the columns id/,
      );
      tamper(file, 'DROP TABLE left_behind; ALTER TABLE tokens ADD COLUMN left_behind TEXT');
      expect(await refusedWith(toPostgres(dir, database.url))).toBe('schemas_differ');
      tamper(
        file,
        'ALTER TABLE tokens DROP COLUMN left_behind; DELETE FROM schema_version WHERE version > 5',
      );
      expect(await refusedWith(toPostgres(dir, database.url))).toBe('other_version');
      expect(
        await database.ask('SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace'),
      ).toEqual([]);
    });

    it('is refused by a database that is not empty, and leaves it as it is', async () => {
      await database.ask('CREATE TABLE invoices (id int)');
      await expect(toPostgres(dir, database.url)).rejects.toThrow(
        /is not empty: it has one table \(invoices\)/,
      );
      expect(await refusedWith(toPostgres(dir, database.url, true))).toBe('target_not_empty');
      expect(await database.ask('SELECT * FROM invoices')).toEqual([]);
    });

    it('is refused in one sentence without a password when the database cannot be reached', async () => {
      const place = new URL(database.url);
      place.password = 'hunter2';
      place.pathname = '/missing';
      const error = await toPostgres(dir, place.href).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'store_unavailable' });
      expect(String(error)).toMatch(
        /database "missing" on 127\.0\.0\.1:\d+ does not exist\. Make it with createdb, or name another one in its URL\.$/,
      );
      expect(String(error)).not.toContain('hunter2');
    });

    it('says where a value is that PostgreSQL does not take, and leaves a target that nobody opens', async () => {
      tamper(file, "UPDATE params SET value = 'a' || char(0) || 'b'");
      await expect(toPostgres(dir, database.url)).rejects.toThrow(
        /does not take the rows of params: invalid byte sequence .* \(COPY params, line 1, column value\)/,
      );
      expect(await refusedWith(openPostgres())).toBe('store_unfinished');
      expect(await refusedWith(toSqlite(back, database.url))).toBe('store_unfinished');
      expect(await refusedWith(toPostgres(dir, database.url))).toBe('target_unfinished');
      tamper(file, "UPDATE params SET value = 'ab'");
      expect((await toPostgres(dir, database.url, true)).rows).toBeGreaterThan(30);
      await (await openPostgres()).close();
    });

    it('says of a whole number that is not exact where it is', async () => {
      tamper(file, 'UPDATE params SET set_at = 9007199254740993');
      await expect(toPostgres(dir, database.url)).rejects.toThrow(/params\.set_at holds 9007199254740992/);
    });

    it('finds a row that is not as it was, and names it', async () => {
      const other = new pg.Client(database.url);
      await other.connect();
      let changed: Promise<unknown> | undefined;
      const told = ({ step }: MoveProgress): void => {
        if (step === 'index') changed ??= other.query(`UPDATE params SET value = value || '.'`);
      };
      const moved = moveToPostgres({ dataDir: dir, url: database.url, restart: false, told });
      await expect(moved).rejects.toThrow(
        /in params the row with project_id=[0-9a-f-]+, key=WELCOME has another value in the column value/,
      );
      await changed;
      await other.end();
      expect(await refusedWith(openPostgres())).toBe('store_unfinished');
    });
  });

  describe('from PostgreSQL', () => {
    beforeEach(async () => {
      await toPostgres(dir, database.url);
    });

    it('is refused while a node is there, a job has a lease, or a chain is open', async () => {
      const node = new pg.Client({ connectionString: database.url, application_name: 'sluice' });
      await node.connect();
      await expect(toSqlite(back, database.url)).rejects.toThrow(
        /is in use: nodes are connected to it from 127/,
      );
      await node.end();
      await database.ask('UPDATE jobs SET lease_until = $1', [Date.now() + 60_000]);
      await expect(toSqlite(back, database.url)).rejects.toThrow(
        /in use: jobs run on it, .* \(for \d+ s more\)/,
      );
      await database.ask('UPDATE jobs SET lease_until = $1', [MID_MONTH]);
      await database.ask(`INSERT INTO ledger_chains VALUES ('c', 0, 1, 'h', 0, 0)`);
      await expect(toSqlite(back, database.url)).rejects.toThrow(
        /has a chain of the ledger that is not closed/,
      );
    });

    it('is refused while a node starts', async () => {
      const other = new pg.Client(database.url);
      await other.connect();
      await other.query(`SELECT pg_advisory_lock(${SCHEMA_KEY})`);
      expect(await refusedWith(toSqlite(back, database.url))).toBe('source_in_use');
      await other.end();
    });

    it('keeps nodes from starting meanwhile', async () => {
      const other = new pg.Client(database.url);
      await other.connect();
      const node = openDatabase({ url: database.url });
      try {
        // The move comes no further than to this table.
        await other.query('BEGIN; LOCK TABLE tokens');
        const moved = toSqlite(back, database.url);
        await until('the move waits', async () => {
          const waiting = await database.ask(`SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'sluice move' AND wait_event_type = 'Lock'`);
          return waiting.length > 0;
        });
        await expect(migrate(node, 'It', 0, 100)).rejects.toMatchObject({ code: '55P03' });
        await other.query('COMMIT');
        await moved;
        await migrate(node, 'It', 0, 100);
      } finally {
        await node.close();
        await other.end();
      }
    });

    it('is a failure and no refusal when the database is lost halfway', async () => {
      // In a process of its own, since what is told has to wait for it.
      const told = (): void => {
        execFileSync(process.execPath, ['--input-type=module', '--eval', END_MOVES, database.url]);
      };
      const moved = moveToSqlite({ dataDir: back, url: database.url, restart: false, told });
      expect(await refusedWith(moved)).toBe('move_failed');
      expect(await refusedWith(toSqlite(back, database.url))).toBe('target_unfinished');
    });

    it('begins anew after a kill that left a file without a table', async () => {
      writeFileSync(join(back, 'sluice.db'), '');
      expect(await refusedWith(toSqlite(back, database.url))).toBe('target_unfinished');
      expect(await refusedWith(toSqlite(back, database.url, true))).toBe('not refused');
    });

    it('is refused when there is a file, but for one that a move left behind', async () => {
      expect(await refusedWith(toSqlite(dir, database.url))).toBe('target_not_empty');
      expect(await refusedWith(toSqlite(dir, database.url, true))).toBe('target_not_empty');
      const unfinished = new Database(join(back, 'sluice.db'));
      unfinished.exec('CREATE TABLE moving (began_at INTEGER)');
      unfinished.close();
      expect(await refusedWith(toSqlite(back, database.url))).toBe('target_unfinished');
      expect(() => openSqlite(back)).toThrow(/is the target of a `sluice move` that did not come to its end/);
      await toSqlite(back, database.url, true);
      await openSqlite(back).close();
    });

    it('is refused by a database without a store, and by one with something of others in it', async () => {
      await database.ask('CREATE TABLE invoices (id int8 PRIMARY KEY)');
      await expect(toSqlite(back, database.url)).rejects.toThrow(/PostgreSQL has the table invoices/);
      await database.ask('DROP TABLE invoices; ALTER TABLE tokens ADD COLUMN invoice text');
      await expect(toSqlite(back, database.url)).rejects.toThrow(/PostgreSQL has the column tokens\.invoice/);
      await using empty = await testDatabase();
      expect(await refusedWith(toSqlite(back, empty.url))).toBe('no_data');
    });
  });

  it('has a chain that a killed process left open closed by the first node', async () => {
    tamper(file, "DELETE FROM ledger_checkpoints WHERE kind = 'closed'");
    await toPostgres(dir, database.url);
    const [newest] = await database.ask<Record<string, unknown>>(
      'SELECT chain, position - seq AS base, seq, hash FROM ledger ORDER BY position DESC LIMIT 1',
    );
    expect(await database.ask('SELECT chain, base, seq, hash, lease_until FROM ledger_chains')).toEqual([
      { ...newest, lease_until: '0' },
    ]);
  });
});
