import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '../../runtime/store/sqlite/database/lock.ts';
import { openSqliteStore } from '../../runtime/store/sqlite/open.ts';
import { sluice } from '../support/command.ts';
import { fillStore } from '../support/filled-store.ts';
import { contentsOf } from '../support/moved-stores.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';

const LAUNCHER = join(import.meta.dirname, '../../server/launch.cjs');

describe('sluice move', () => {
  let dir = '';
  let back = '';
  let database: TestDatabase;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    back = join(dir, 'back');
    database = await testDatabase();
    const store = openSqliteStore({
      file: join(dir, 'sluice.db'),
      chainKey: new Uint8Array(32).fill(7),
    });
    await fillStore(store);
    await store.close();
  });
  afterEach(async () => {
    rmSync(dir, { recursive: true, force: true });
    await database[Symbol.asyncDispose]();
  });

  const withPassword = (): string => {
    const url = new URL(database.url);
    url.password = 'hunter2';
    return url.href;
  };

  it('moves there with the URL as an argument, and back with it in a variable', async () => {
    const there = await sluice(['move', '--data', dir, '--to', withPassword(), '--json']);
    expect(there).toMatchObject({ code: 0 });
    const report = JSON.parse(there.stdout);
    expect(report).toMatchObject({
      rows: expect.any(Number),
      bytes: expect.any(Number),
      seconds: { copy: expect.any(Number), compare: expect.any(Number), all: expect.any(Number) },
    });
    expect(report.tables).toContainEqual({ name: 'params', rows: 1, bytes: expect.any(Number) });
    expect(there.stderr).toMatch(/^Others on this machine can see the password in --to while this runs/);
    expect(there.stderr).toMatch(/every node needs the one in .*keyring\.json, or in SLUICE_KEYRING/);

    const env = { SLUICE_DATABASE_URL: withPassword() };
    const again = await sluice(['move', '--data', back, '--from-postgres'], { env });
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/^Moved \d+ rows \(\d+ bytes\) in [\d.]+ s, and compared every value/m);
    expect(again.stderr).not.toContain('Others on this machine');
    const { records_1: _, ...originals } = contentsOf(dir);
    expect(contentsOf(back)).toMatchObject(originals);
    for (const { stdout, stderr } of [there, again]) expect(stdout + stderr).not.toContain('hunter2');
  }, 60_000);

  it.each([
    [[], /Give one of --to-postgres and --from-postgres/],
    [['--to-postgres', '--from-postgres'], /Give one of --to-postgres and --from-postgres/],
    [['--to-postgres'], /No database is named\. Set SLUICE_DATABASE_URL, or database_url in sluice\.yaml/],
    [['--to', 'mysql://root:hunter2@host/x'], /--to is no URL of a PostgreSQL database/],
    [
      ['--to', 'postgres://u:hunter2@127.0.0.1:1/x'],
      /database "x" on 127\.0\.0\.1:1 does not answer .* in its URL\./,
    ],
  ])('%j is wrong use', async (args, message) => {
    const end = await sluice(['move', '--data', dir, ...args]);
    expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(end.stderr).not.toContain('hunter2');
  });

  it('takes the database of the configuration, and says what to set when that is no URL', async () => {
    const file = join(dir, 'sluice.yaml');
    writeFileSync(file, JSON.stringify({ database_url: database.url }), { mode: 0o600 });
    const there = await sluice(['move', '--data', dir, '--to-postgres', '--config', file]);
    expect(there).toMatchObject({ code: 0 });
    const env = { SLUICE_DATABASE_URL: 'mysql://root:hunter2@host/x' };
    const end = await sluice(['move', '--data', dir, '--to-postgres'], { env });
    expect(end).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sluice: SLUICE_DATABASE_URL is no/),
    });
  }, 60_000);

  it('is not begun for a user without rights, nor in a directory that cannot be made', async () => {
    const role = `reader_${randomUUID().slice(0, 8)}`;
    await database.ask(`CREATE ROLE ${role} LOGIN`);
    try {
      const url = Object.assign(new URL(database.url), { username: role }).href;
      const end = await sluice(['move', '--data', dir, '--to', url]);
      expect(end).toMatchObject({ code: 2, stdout: '' });
      expect(end.stderr).toMatch(/does not let this user make what Sluice needs\. As its owner run: GRANT/);
      expect(await database.ask(`SELECT FROM pg_class WHERE relname = 'moving'`)).toEqual([]);
      expect(await sluice(['move', '--data', dir, '--to', database.url])).toMatchObject({ code: 0 });
      const from = await sluice(['move', '--data', back, '--from', url]);
      expect(from).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /cannot be read: permission denied .*\. Use the user who owns its tables\./,
        ),
      });
    } finally {
      await database.ask(`DROP ROLE ${role}`);
    }
    const place = join(dir, 'sluice.db', 'data');
    const end = await sluice(['move', '--data', place, '--from', database.url]);
    expect(end).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sluice: .* cannot be made .* --data\.$/m),
    });
  }, 60_000);

  it.each(['--to', '--from'])(
    'is not begun with a PostgreSQL that is too old, named with %s',
    async (way) => {
      const { pathname } = new URL(database.url);
      await database.ask(`CREATE FUNCTION current_setting(text) RETURNS text LANGUAGE sql AS $$
      SELECT CASE $1 WHEN 'server_version' THEN '9.6.24' ELSE '90624' END $$`);
      await database.ask(`ALTER DATABASE ${pathname.slice(1)} SET search_path = public, pg_catalog`);
      const end = await sluice(['move', '--data', way === '--to' ? dir : back, way, database.url]);
      expect(end).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/runs PostgreSQL 9\.6\.24; .* or name another one in its URL\.$/m),
      });
    },
  );

  it('leaves the data of a server that runs alone', async () => {
    const release = lockDataDir(dir);
    const end = await sluice(['move', '--data', dir, '--to', database.url]);
    release();
    expect(end).toMatchObject({ code: 2, stderr: expect.stringMatching(/is in use by process \d+/) });
  });

  it('leaves what nobody opens when it is killed, and begins anew when it is told to', async () => {
    const watcher = new pg.Client(database.url);
    await watcher.connect();
    const child = spawn(process.execPath, [LAUNCHER, 'move', '--data', dir, '--to', database.url]);
    const ended = once(child, 'close');
    const hasBegun = async () => (await watcher.query(`SELECT to_regclass('moving') AS found`)).rows[0].found;
    while ((await hasBegun()) === null && child.exitCode === null) await setTimeout(1);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await hasBegun()).toBe('moving');
    await watcher.end();
    const again = await sluice(['move', '--data', dir, '--to', database.url]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/Use --restart to empty it/) });
    const restarted = await sluice(['move', '--data', dir, '--to', database.url, '--restart']);
    expect(restarted).toMatchObject({ code: 0 });
  }, 60_000);

  it('ends with 1 when it cannot go on, and `serve` refuses what it left behind', async () => {
    await sluice(['move', '--data', dir, '--to', database.url]);
    await database.ask(`UPDATE params SET set_at = 9007199254740993`);
    const failed = await sluice(['move', '--data', back, '--from', database.url]);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/did not come to its end: params\.set_at holds .* with --restart\.\n$/s);
    expect(existsSync(join(back, 'sluice.db'))).toBe(true);
    const key = { id: 'k', key: Buffer.alloc(32).toString('base64') };
    const env = { SLUICE_KEYRING: JSON.stringify({ keys: [key] }) };
    const served = await sluice(['serve', '--data', back, '--port', '0'], { env });
    expect(served).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is the target of a `sluice move`/),
    });
    await database.ask(`UPDATE params SET set_at = 1`);
    expect(await sluice(['move', '--data', back, '--from', database.url])).toMatchObject({ code: 2 });
    expect(await sluice(['move', '--data', back, '--from', database.url, '--restart'])).toMatchObject({
      code: 0,
    });
  }, 60_000);

  it('ends with 1 when the database is lost halfway, and says how to begin anew', async () => {
    // Ends the connection when it makes the first index after rows were copied.
    await database.ask(`
      CREATE FUNCTION end_connection() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF to_regclass('params') IS NOT NULL THEN
          IF EXISTS (SELECT FROM params) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        END IF;
      END $$`);
    await database.ask(`
      CREATE EVENT TRIGGER lost ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION end_connection()`);
    const lost = await sluice(['move', '--data', dir, '--to', database.url]);
    expect(lost).toMatchObject({ code: 1, stdout: '' });
    expect(lost.stderr).toMatch(
      /did not come to its end: The PostgreSQL database "\w+" on 127\.0\.0\.1:\d+ cannot be used any more: terminating connection .* with --restart\.\n$/s,
    );
    expect(lost.stderr).not.toContain('tries again by itself');
    await database.ask('DROP EVENT TRIGGER lost');
    expect(await sluice(['move', '--data', dir, '--to', database.url, '--restart'])).toMatchObject({
      code: 0,
    });
  }, 60_000);
});
