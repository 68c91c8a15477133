import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../../sandbox/types.ts';
import { runJob, startJob, type TestJob, taskOnly } from '../../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.ready();
});
afterAll(() => sandbox.stop());

const code = `export function handle_button(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end);
  return ms;
}`;
const limits = { timeoutMs: 15_000, cpuMs: 15_000 };
const job = (ms: number, projectId: string): TestJob => ({
  files: taskOnly(code),
  input: ms,
  projectId,
  limits,
});

/** So many that the task is known to be quick, and its jobs run on the runner's own thread. */
async function prove(projectId: string): Promise<void> {
  for (let round = 0; round < 60; round += 1) await runJob(sandbox, job(0, projectId));
}

describe('a long computation', () => {
  it('does not keep quick jobs of the same task waiting, not even when it comes as a surprise', async () => {
    await prove('a');
    const long = await startJob(sandbox, job(5000, 'a'));
    let longIsOver = false;
    long.outcome.then(() => {
      longIsOver = true;
    });
    const quick = await Promise.all(Array.from({ length: 10 }, () => runJob(sandbox, job(0, 'a'))));
    expect(quick.map(({ result }) => result)).toEqual(Array(10).fill(0));
    expect(longIsOver).toBe(false);
    expect((await long.outcome).status).toBe('done');
  });

  it('does not keep another project waiting, were there a hundred of them', async () => {
    await prove('b');
    const busy = await Promise.all(Array.from({ length: 100 }, () => startJob(sandbox, job(200, 'busy'))));
    const answered = await Promise.all(Array.from({ length: 5 }, () => runJob(sandbox, job(0, 'b'))));
    const over = busy.map(({ outcome }) => Promise.race([outcome.then(() => true), Promise.resolve(false)]));
    expect(answered.map(({ result }) => result)).toEqual(Array(5).fill(0));
    expect((await Promise.all(over)).filter((ended) => !ended).length).toBeGreaterThan(50);
    for (const { cancel } of busy) cancel('The test is over.');
  });
});
