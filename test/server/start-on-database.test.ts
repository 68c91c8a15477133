import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseName } from '../../runtime/store/postgres/database/server-name.ts';
import { checkDatabase } from '../../server/doctor/database.ts';
import { freePort } from '../support/free-port.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';
import { startProcess } from '../support/server-process.ts';

const PASSWORD = 'a-password-of-the-database';

describe('a start on a database', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-start-'));
  let server: PostgresServer;
  let database: TestDatabase;

  beforeAll(async () => {
    server = await startPostgres();
    database = await testDatabase(server.url);
    await database.ask(`CREATE ROLE stranger LOGIN PASSWORD '${PASSWORD}'`);
    await database.ask('CREATE ROLE reader LOGIN');
    const rules = path.join(server.dataDir, 'pg_hba.conf');
    const asked = 'host all stranger 127.0.0.1/32 scram-sha-256\n';
    writeFileSync(rules, asked + readFileSync(rules, 'utf8'));
    await database.ask('SELECT pg_reload_conf()');
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const urlWith = (changes: Partial<URL>): string => Object.assign(new URL(database.url), changes).href;
  const serve = async (url: string, flags: readonly string[] = []) => {
    const data = path.join(dir, String(Math.random()));
    const started = startProcess(['serve', '--data', data, '--port', '0', ...flags], {
      cwd: dir,
      env: { SLUICE_DATABASE_URL: url },
    });
    const code = await started.ended;
    const said = started
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('sluice:'));
    return { code, said, all: started.stdout() + started.stderr() };
  };

  const CASES: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    [
      'that nobody serves',
      async () => urlWith({ port: String(await freePort()), password: PASSWORD }),
      /does not answer .*ECONNREFUSED/,
    ],
    [
      'with a wrong password',
      () => urlWith({ username: 'stranger', password: 'wrong' }),
      /refuses the user or the password/,
    ],
    [
      'that does not exist',
      () => urlWith({ pathname: '/nothing' }),
      /does not exist\. Make it with createdb/,
    ],
    [
      'in which its user may make nothing',
      () => urlWith({ username: 'reader' }),
      /GRANT CREATE, USAGE ON SCHEMA public/,
    ],
  ];
  it.each(CASES)(
    '%s ends with one sentence that names it and says what to do',
    async (_name, urlOf, sentence) => {
      const url = await urlOf();
      const { code, said, all } = await serve(url);
      expect(code).toBe(2);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(databaseName(url));
      expect(said[0]).toMatch(sentence);
      expect(all).not.toContain(PASSWORD);
      expect(all).not.toContain('stranger');
      const { finding } = await checkDatabase(url);
      expect([finding.verdict, `${finding.text} ${finding.todo}`]).toEqual([
        'problem',
        expect.stringMatching(sentence),
      ]);
    },
    60_000,
  );

  it('that a newer Sluice wrote leaves it as it is', async () => {
    await using newer = await testDatabase(server.url);
    await newer.ask('CREATE TABLE schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)');
    await newer.ask('INSERT INTO schema_version VALUES (999, 0)');
    const { code, said } = await serve(newer.url);
    expect([code, said.join()]).toEqual([2, expect.stringMatching(/schema 999, written by a newer Sluice/)]);
    expect((await checkDatabase(newer.url)).finding.verdict).toBe('problem');
    expect(await newer.ask("SELECT 1 FROM pg_tables WHERE tablename = 'projects'")).toEqual([]);
  }, 60_000);

  it('is found ready by the doctor, with its version and the difference of the clocks', async () => {
    const { finding, hasData } = await checkDatabase(urlWith({ password: PASSWORD }));
    expect(finding).toMatchObject({ name: 'database', verdict: 'ok' });
    expect(hasData).toBe(false);
    expect(finding.text).toMatch(
      /"sluice_test_\w+" on 127\.0\.0\.1:\d+: PostgreSQL \d+.*empty: the first start/,
    );
    expect(finding.details.join()).toMatch(/0\.\d s (?:behind|ahead of) the database's/);
    expect(JSON.stringify(finding)).not.toContain(PASSWORD);
  });

  it('takes its URL from no flag, which everybody would see', async () => {
    const { code, said, all } = await serve('', [
      '--database-url',
      database.url.replace('sluice@', `sluice:${PASSWORD}@`),
    ]);
    expect([code, said.join()]).toEqual([2, expect.stringMatching(/variable SLUICE_DATABASE_URL/)]);
    expect(all).not.toContain(PASSWORD);
  });

  it('with neither a port nor work is refused', async () => {
    const { code, said } = await serve('', ['--no-http', '--no-work']);
    expect([code, said.join()]).toEqual([2, expect.stringMatching(/nothing to do/)]);
  });

  it('says what a URL looks like when it is given something else, but not what that was', async () => {
    const { code, said } = await serve(`mysql://x:${PASSWORD}@localhost/x`);
    expect([code, said.join()]).toEqual([2, expect.stringMatching(/it accepts a URL like postgres:/)]);
    expect(said.join()).not.toContain(PASSWORD);
  });
});
