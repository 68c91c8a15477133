import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sluice } from '../support/command.ts';
import { freePort } from '../support/free-port.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';
import { type ServerProcess, startProcess } from '../support/server-process.ts';
import { waitFor } from '../support/wait-for.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'sluice-ledger-'));
const data = path.join(dir, 'data');
const outside = path.join(dir, 'checkpoints.log');
let database: TestDatabase;
let node: ServerProcess | undefined;

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => node?.child.kill('SIGKILL'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

const envOf = (url: string) => ({ SLUICE_DATABASE_URL: url });
const verify = (...args: readonly string[]) =>
  sluice(['ledger', 'verify', '--data', data, ...args], { cwd: dir, env: envOf(database.url) });

describe('sluice ledger verify, of nodes on a PostgreSQL database', () => {
  it('looks into the database, whatever lies in the data directory', async () => {
    const empty = await verify();
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('no node has begun on it') });
    const args = ['serve', '--data', data, '--port', '0', '--ledger-checkpoints', outside];
    node = startProcess(args, { env: envOf(database.url) });
    const { stdout, listening } = node;
    await listening();
    const hook = await waitFor(() => /curl --json '.+' (\S+)/.exec(stdout())?.[1]);
    expect((await fetch(hook, { method: 'POST', body: '{}' })).status).toBeLessThan(500);
    writeFileSync(path.join(data, 'sluice.db'), 'of another time');
    const running = await verify('--json');
    expect(JSON.parse(running.stdout)).toMatchObject({ ok: true, rows: 1, chains: 1 });
    node.child.kill('SIGTERM');
    await node.ended;

    const whole = await verify('--checkpoints', outside);
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('As it was written.') });
    await database.ask(`UPDATE ledger SET excerpt = 'something else'`);
    const { code, stdout: said } = await verify();
    expect(said).toMatch(/^changed /m);
    expect(code).toBe(1);
  });

  it('is used wrongly without its database, whose password it does not show', async () => {
    const url = `postgres://sluice:not-to-be-seen@127.0.0.1:${await freePort()}/none`;
    const { code, stdout, stderr } = await sluice(['ledger', 'verify', '--data', data], {
      cwd: dir,
      env: envOf(url),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('does not answer');
    expect(stdout + stderr).not.toContain('not-to-be-seen');
  });
});
