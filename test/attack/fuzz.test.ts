import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { programOf, projectOf } from '../support/fuzz/program.ts';
import { runJob, startJob, taskOnly } from '../support/sandbox.ts';

/**
 * Programs by chance in real sealed rooms. A failure names its seed: `SLUICE_FUZZ_SEED=n SLUICE_FUZZ_SECONDS=1` runs that
 * program first. Longer by hand: `SLUICE_FUZZ_SECONDS=3600`.
 */
const SECONDS = Number(process.env.SLUICE_FUZZ_SECONDS ?? 20);
const FIRST_SEED = Number(process.env.SLUICE_FUZZ_SEED ?? 1);
const LIMITS = {
  timeoutMs: 1_000,
  cpuMs: 300,
  memoryBytes: 32 * 1024 ** 2,
  resultBytes: 1_000_000,
  logLines: 100,
};
/** Of jobs that do nothing wrong, on a machine that is busy. */
const PATIENT = { timeoutMs: 20_000, cpuMs: 10_000 };
/** After its wall time; the machine may be busy with other tests. */
const GRACE_MS = 5_000;
const SECRET = 'fuzz-secret-4d1f9a7b';
const STATUSES = ['done', 'failed', 'timed_out', 'limit_exceeded', 'crashed'];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.stop());

const neighbour = taskOnly(
  'export async function handle_button() { await new Promise((r) => setTimeout(r, 100)); return "ok"; }',
);

/** So many are compiled at once. */
const TOGETHER = 20;
const seedsFrom = (first: number): readonly number[] =>
  Array.from({ length: TOGETHER }, (_, index) => first + index);

/** What is wrong with how a program ended; empty when nothing is. */
async function problemsOf(seed: number, files: Readonly<Record<string, string>>): Promise<string[]> {
  const problems: string[] = [];
  const projectId = `fuzz-${seed}`;
  const mask = (text: string) => text.replaceAll(SECRET, '***');
  const common = { files, input: { seed }, projectId, limits: LIMITS, secrets: { KEY: SECRET }, mask };
  const other = runJob(sandbox, { files: neighbour, projectId: 'neighbour', limits: PATIENT });
  const started = Date.now();
  const running = await startJob(sandbox, common);
  const outcome = await running.outcome;
  const took = Date.now() - started;
  if (!STATUSES.includes(outcome.status)) problems.push(`it ended ${outcome.status}`);
  if (outcome.status === 'limit_exceeded' && outcome.error.limit === null)
    problems.push('a limit without a name');
  if (took > LIMITS.timeoutMs + GRACE_MS) problems.push(`it took ${took} ms`);
  if (running.logs.length > LIMITS.logLines * 2 + 10) problems.push(`it left ${running.logs.length} lines`);
  if (JSON.stringify([outcome, running.logs]).includes(SECRET)) problems.push('the secret can be read');
  const next = await runJob(sandbox, { ...common, input: {}, limits: PATIENT });
  if (JSON.stringify(next.result) !== '[]') {
    problems.push(`the next job sees ${JSON.stringify(next.result)} (${JSON.stringify(next.outcome)})`);
  }
  const beside = await other;
  if (beside.result !== 'ok') problems.push(`its neighbour ended ${JSON.stringify(beside.outcome)}`);
  return problems;
}

it(
  `programs of ${SECONDS} s, from seed ${FIRST_SEED} on, all end, alone, and leave nothing behind`,
  async () => {
    const end = Date.now() + SECONDS * 1000;
    let programs = 0;
    let files = projectOf(seedsFrom(FIRST_SEED));
    for (let seed = FIRST_SEED; Date.now() < end || programs === 0; seed += 1) {
      if (programs > 0 && programs % TOGETHER === 0) files = projectOf(seedsFrom(seed));
      const problems = await problemsOf(seed, files);
      expect(problems, `SLUICE_FUZZ_SEED=${seed}\n${programOf(seed)}`).toEqual([]);
      programs += 1;
    }
    expect(programs).toBeGreaterThan(0);
  },
  (SECONDS + 60) * 1000,
);

it('the same seed gives the same program, and another one another', () => {
  expect(programOf(7)).toEqual(programOf(7));
  expect(programOf(7)).not.toEqual(programOf(8));
});
