import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sluice } from '../support/command.ts';
import { tamper } from '../support/ledger.ts';
import { type ServerProcess, startProcess } from '../support/server-process.ts';
import { until, waitFor } from '../support/wait-for.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'sluice-ledger-'));
const data = path.join(dir, 'data');
const outside = path.join(dir, 'checkpoints.log');
const database = path.join(data, 'sluice.db');
const started: ServerProcess[] = [];

afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(dir, { recursive: true }));

function start(): ServerProcess {
  const server = startProcess(['serve', '--data', data, '--port', '0', '--ledger-checkpoints', outside]);
  started.push(server);
  return server;
}
const verify = (...args: readonly string[]) =>
  sluice(['ledger', 'verify', '--data', data, ...args], { cwd: dir });
const written = () => readFileSync(outside, 'utf8').trimEnd().split('\n');

/** Calls the demo's webhook, whose answer is a row of the ledger. */
async function callDemo(url: string, path: string): Promise<void> {
  const answer = await fetch(new URL(path, url), { method: 'POST', body: '{}' });
  expect(answer.status).toBeLessThan(500);
}

describe('sluice ledger verify', () => {
  let log = '';
  beforeAll(async () => {
    const killed = start();
    const url = await killed.listening();
    const hook = await waitFor(() => /curl --json '.+' (\S+)/.exec(killed.stdout())?.[1]);
    const { pathname } = new URL(hook);
    await callDemo(url, pathname);
    await callDemo(url, pathname);
    await until('the first checkpoint is outside', () => written().length === 1);
    killed.child.kill('SIGKILL');
    await killed.ended;

    const stopped = start();
    await callDemo(await stopped.listening(), pathname);
    const running = await verify('--json');
    expect(JSON.parse(running.stdout)).toMatchObject({ ok: true, rows: 3, chains: 2 });
    stopped.child.kill('SIGTERM');
    expect(await stopped.ended).toBe(0);
    log = killed.stderr() + stopped.stderr();
  });

  it('finds a ledger right after a kill and a stop, with all checkpoints in the log and outside', async () => {
    const { code, stdout } = await verify('--checkpoints', outside);
    expect(stdout).toMatch(
      /^3 rows in 2 chains; 4 checkpoints, compared with 4 outside\nAs it was written\.\nNewest checkpoint: 4, of \S+Z, signed [0-9a-f]{64}\n$/,
    );
    expect(code).toBe(0);
    expect(written().map((line) => line.slice(0, 28))).toEqual([
      'Ledger checkpoint 1: opened ',
      'Ledger checkpoint 2: closed ',
      'Ledger checkpoint 3: opened ',
      'Ledger checkpoint 4: closed ',
    ]);
    const server = path.join(dir, 'server.log');
    writeFileSync(server, log);
    expect((await verify('--checkpoints', server)).stdout).toContain('compared with 4 outside');
  });

  it('is used wrongly without data, without the keyring, and with a file of nothing', async () => {
    const nowhere = await sluice(['ledger', 'verify', '--data', dir], { cwd: dir });
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no database in') });
    const wrongTime = await verify('--from', 'yesterday');
    expect(wrongTime).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--from yesterday is no time'),
    });
    const noFile = await verify('--checkpoints', path.join(dir, 'missing'));
    expect(noFile).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read') });
    const keyring = path.join(data, 'keyring.json');
    const kept = readFileSync(keyring);
    rmSync(keyring);
    const noKey = await verify();
    expect(noKey).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('signed with a key from the keyring'),
    });
    writeFileSync(keyring, kept, { mode: 0o600 });
  });

  it('ends with 1 and says what is wrong', async () => {
    tamper(database, "DELETE FROM ledger_checkpoints WHERE number > 2; UPDATE ledger_removed SET mac = ''");
    expect((await verify()).code).toBe(1);
    const { code, stdout, stderr } = await verify('--checkpoints', outside);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^cut off {3}Checkpoint 4 is known outside, but not in the database\.$/m);
    expect(stdout).toMatch(/^NOT as it was written, or not whole\.$/m);
    expect(stderr).toContain('sluice: The ledger is not as it was written, or not whole.');
  });
});
