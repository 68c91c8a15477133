import { afterEach, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import { RunnerProcess } from '../../../sandbox/supervisor/runner-process.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { descendants, isAlive } from '../../support/processes.ts';
import { runJob, startJob, taskOnly } from '../../support/sandbox.ts';
import { until } from '../../support/wait-for.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.stop();
  sandbox = undefined;
});

/** What the operator was told. */
const reports: string[] = [];

async function open(): Promise<Sandbox> {
  reports.length = 0;
  sandbox = await createSandbox({ report: (message) => reports.push(message) });
  await sandbox.ready();
  return sandbox;
}

const runners = () => descendants(process.pid).filter(({ command }) => command.includes('runner'));
const runnerCount = (): number => runners().length;

function killRunners(): void {
  for (const { pid } of runners()) process.kill(pid, 'SIGKILL');
}

const quick = taskOnly('export const handle_button = () => "ok";');
/** Ends the whole process at once: an array of that size is a fatal error of V8, not an exception. */
const fatal = 'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, i);';
const caller = {
  'tasks/t.ts': 'export async function handle_button() { log("up"); return await ask(); }',
  'protected.ts': 'export const ask = () => fetch("https://a.test").then((answer) => answer.status);',
};

describe('when a runner ends', () => {
  it('a job that has called nothing begins again in another, and says so when it had written lines', async () => {
    const opened = await open();
    const slow = taskOnly(
      'export async function handle_button() { log("up"); await new Promise((go) => setTimeout(go, 600)); return "through"; }',
    );
    const job = await startJob(opened, { files: slow });
    await until('the job runs', () => job.logs.length === 1);
    killRunners();
    expect(await job.outcome).toMatchObject({ status: 'done' });
    expect(job.logs.map(({ name, level }) => `${name} ${level}`)).toEqual([
      'task info',
      'sluice info',
      'task info',
    ]);
  });

  it('a job behind one that holds the thread of its project’s runner has lost nothing by that, and begins again', async () => {
    const opened = await open();
    const files = taskOnly(`export async function handle_button(holds: boolean) {
      if (!holds) return 'through';
      for (let at = 0; at < 40; at += 1) await new Promise((go) => setTimeout(go, 1));
      log('holds');
      await new Promise((go) => setTimeout(go, 100));
      for (const end = Date.now() + 2_000; Date.now() < end; );
    }`);
    const holder = await startJob(opened, { files, input: true });
    await until('it ran its quick steps', () => holder.logs.length === 1);
    const behind = await startJob(opened, { files, input: false });
    await new Promise((resolve) => setTimeout(resolve, 700));
    killRunners();
    expect(await behind.outcome).toMatchObject({ status: 'done' });
  });

  it('a job that has called out ends as interrupted: nobody knows what came of it', async () => {
    const opened = await open();
    let hasCalled = false;
    const call = () => {
      hasCalled = true;
      return new Promise(() => {});
    };
    const job = await startJob(opened, { files: caller, call });
    await until('the job has called out', () => hasCalled);
    killRunners();
    expect(await job.outcome).toMatchObject({
      status: 'crashed',
      interrupted: true,
      error: { name: 'Interrupted' },
    });
    expect((await runJob(opened, { files: quick })).result).toBe('ok');
  });

  it('the job whose code ended it is told so, by the limit where it was one, and is not begun again', async () => {
    const opened = await open();
    const { outcome } = await runJob(opened, {
      files: taskOnly(`export function handle_button() { log("once"); ${fatal} }`),
      limits: { memoryBytes: 512 * 1024 ** 2 },
    });
    expect(['limit_exceeded', 'crashed']).toContain(outcome.status);
    if (outcome.status === 'done') throw new Error('it cannot be done');
    expect(outcome.interrupted ?? false).toBe(false);
    expect((await runJob(opened, { files: quick })).result).toBe('ok');
  });

  it('a neighbour of another project is not even touched, when the task was new', async () => {
    const opened = await open();
    const neighbour = await startJob(opened, {
      files: caller,
      projectId: 'b',
      call: () => slowly({ ok: 1 }),
    });
    await until('the neighbour runs', () => neighbour.logs.length === 1);
    await runJob(opened, {
      files: taskOnly(`export function handle_button() { ${fatal} }`),
      projectId: 'a',
      limits: { timeoutMs: 1500, cpuMs: 700 },
    });
    expect((await neighbour.outcome).status).not.toBe('crashed');
  });
});

describe('a runner that does not even start', () => {
  it('is no job’s fault: the job tries others, and ends as interrupted', async () => {
    sandbox = await createSandbox({
      makeRunner: () => new RunnerProcess({ command: process.execPath, args: ['-e', 'process.exit(3)'] }),
    });
    const { outcome } = await runJob(sandbox, { files: quick });
    expect(outcome).toMatchObject({
      status: 'crashed',
      interrupted: true,
      error: {
        name: 'Interrupted',
        message: expect.stringMatching(/exit code 3, before it was ready.*doctor/),
      },
    });
  });

  it('keeps nobody waiting who holds its pipes when it is gone, and leaves nobody behind', async () => {
    const script = 'sleep 61 & exec sleep 62';
    sandbox = await createSandbox({
      makeRunner: () => new RunnerProcess({ command: 'sh', args: ['-c', script] }),
    });
    const sleepers = () => descendants(process.pid).filter(({ command }) => command[0] === 'sleep');
    await until('both sleep', () => sleepers().length >= 2);
    const pids = sleepers().map(({ pid }) => pid);
    await sandbox.stop();
    await until('nobody is left', () => pids.every((pid) => !isAlive(pid)));
  });
});

describe('a task that goes on ending its runner', () => {
  it('is not started any more after the third time, and a new version of it is', {
    timeout: 60_000,
  }, async () => {
    const opened = await open();
    const hog = taskOnly('export function handle_button() { const a = []; a.length = 4e9; a.sort(); }');
    const seen: string[] = [];
    // On a busy machine a job's time may be over before its code has begun: such a round ends no runner.
    while (seen.length < 12 && seen.at(-1) !== 'Quarantined') {
      const { outcome } = await runJob(opened, { files: hog, limits: { timeoutMs: 500 }, version: 1 });
      seen.push(outcome.status === 'done' ? 'done' : outcome.error.name);
      await new Promise((resolve) => setTimeout(resolve, 1200));
    }
    expect(seen.slice(0, 3)).toEqual(['TimedOut', 'TimedOut', 'TimedOut']);
    expect(seen.at(-1)).toBe('Quarantined');
    const again = await runJob(opened, { files: hog, limits: { timeoutMs: 500 }, version: 2 });
    expect(again.outcome).toMatchObject({ status: 'timed_out' });
    expect(reports).toEqual([expect.stringMatching(/^tasks\/t\.ts \(version 1 .* 3 times/)]);
  });
});

const slowly = <Value>(value: Value): Promise<Value> =>
  new Promise((resolve) => setTimeout(() => resolve(value), 1500));

describe('a runner that many jobs lose at once', () => {
  it('is followed by a few runners for one job each and not by as many as there are jobs', {
    timeout: 60_000,
  }, async () => {
    const opened = await open();
    // They hold memory while they wait, so that no entry is under way when the watch ends their runner.
    const holder = taskOnly(
      'export async function handle_button() { const held = new Uint8Array(40e6).fill(1); await new Promise((go) => setTimeout(go, 1500)); return held.length; }',
    );
    const start = () =>
      startJob(opened, {
        files: holder,
        ownRealm: { task: true },
        limits: { timeoutMs: 50_000, cpuMs: 20_000 },
      });
    const jobs = await Promise.all(Array.from({ length: 24 }, start));
    let most = 0;
    const counting = setInterval(() => {
      most = Math.max(most, runnerCount());
    }, 20);
    const outcomes = await Promise.all(jobs.map((job) => job.outcome));
    clearInterval(counting);
    expect(outcomes.map(({ status }) => status)).toEqual(jobs.map(() => 'done'));
    // Four alone, the one that they shared, the spare, and one that is just ending.
    expect(most).toBeLessThanOrEqual(8);
  });
});
