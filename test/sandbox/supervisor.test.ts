import { afterEach, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { runJob, startJob, taskOnly } from '../support/sandbox.ts';
import { until } from '../support/wait-for.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.stop();
  sandbox = undefined;
});

const runners = () =>
  descendants(process.pid).filter(
    ({ command }) => command[0] === process.execPath && command.includes('runner'),
  );
const waiting = taskOnly('export async function handle_button() { log("up"); await new Promise(() => {}); }');
const quick = taskOnly('export const handle_button = () => "ok";');

async function open(): Promise<Sandbox> {
  sandbox = await createSandbox();
  await sandbox.ready();
  return sandbox;
}

describe('the supervisor', () => {
  it('keeps one runner warm, and another one as soon as a job has taken it', async () => {
    const opened = await open();
    await until('one runner', () => runners().length === 1);
    await runJob(opened, { files: quick });
    await until('two runners', () => runners().length === 2);
  });

  it('starts runners with an empty environment and no secret in their arguments', async () => {
    process.env.SLUICE_TEST_CANARY = 'canary-1c2b';
    await open();
    const { readFileSync } = await import('node:fs');
    for (const { pid, command } of runners()) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('canary-1c2b');
      expect(command.join(' ')).not.toContain('canary');
    }
    delete process.env.SLUICE_TEST_CANARY;
  });

  it('kills a runner that is stuck in code which cannot be interrupted, at the end of the job’s time', async () => {
    const opened = await open();
    const stuck = taskOnly('export function handle_button() { let x = 7n; for (;;) x = x ** 3n; }');
    const { outcome } = await runJob(opened, { files: stuck, limits: { timeoutMs: 500, cpuMs: 500 } });
    expect(['timed_out', 'limit_exceeded', 'failed', 'crashed']).toContain(outcome.status);
    expect((await runJob(opened, { files: quick })).result).toBe('ok');
  });

  it('stops code that goes on after its job has ended', async () => {
    const opened = await open();
    const endless = taskOnly('export function handle_button() { const a = []; a.length = 4e9; a.sort(); }');
    const before = new Set(runners().map(({ pid }) => pid));
    const { outcome } = await runJob(opened, { files: endless, limits: { timeoutMs: 500 } });
    expect(outcome).toMatchObject({ status: 'timed_out' });
    await until('its runner is gone', () => [...before].some((pid) => !isAlive(pid)));
  });

  it('gives no new job to a runner that is about to end', async () => {
    const opened = await open();
    const greedy = taskOnly(
      'export function handle_button() { const k = []; for (;;) k.push("x".padEnd(2 ** 28, "yz").toUpperCase()); }',
    );
    for (let round = 0; round < 3; round += 1) {
      const { outcome } = await runJob(opened, { files: greedy });
      expect(outcome).toMatchObject({ status: 'limit_exceeded', error: { limit: 'memory' } });
      expect((await runJob(opened, { files: quick })).result).toBe('ok');
    }
  });

  it('does not let a signal to a runner end it: only the server is told to stop', async () => {
    await open();
    const [runner] = runners();
    if (runner === undefined) throw new Error('no runner');
    process.kill(runner.pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isAlive(runner.pid)).toBe(true);
  });

  it('leaves no process behind when it stops; jobs under way are cancelled', async () => {
    const opened = await open();
    const job = await startJob(opened, { files: waiting });
    const pids = runners().map(({ pid }) => pid);
    await opened.stop();
    expect(await job.outcome).toMatchObject({ status: 'cancelled' });
    await until('all gone', () => pids.every((pid) => !isAlive(pid)));
    expect(runners()).toEqual([]);
  });
});
