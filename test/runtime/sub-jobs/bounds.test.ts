import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveProject, LiveTrigger } from '../../../runtime/live-project.ts';
import { newJob } from '../../../runtime/new-job.ts';
import { SubJobs } from '../../../runtime/sub-jobs/sub-jobs.ts';
import type { Outcome } from '../../../sandbox/types.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';

let works: TestRuntime;
let live: LiveProject;
let trigger: LiveTrigger;
beforeAll(async () => {
  works = await openTestRuntime();
  const code = 'export function handle_button() {}\nfunction work() {}';
  live = await deployTask(works.runtime, { slug: 'bounds', code, triggers: ['{type: button, name: GO}'] });
  const found = live.triggersByName.get('GO');
  if (found === undefined) throw new Error('The project has no button.');
  trigger = found;
});
afterAll(() => works.close());

const DONE: Outcome = { status: 'done', result: encode(1), cpuMs: 3 };
const user = { id: null, name: 'Ada', login: 'ada', role: 'developer' } as const;

/** Those of an attempt that has called `add_job` for each of these lists of arguments. */
function added(...lists: readonly unknown[]): SubJobs {
  const job = newJob(live, trigger, { now: 5, user, input: null, maxAttempts: 1 });
  const subJobs = new SubJobs({ job, live, trigger });
  for (const list of lists) subJobs.add(encode(['work', {}, list]));
  return subJobs;
}
const withUnfinished = (count: number) => ({
  countSubJobs: async (_project: string, most: number) => Math.min(count, most),
});

describe('sub-jobs of an attempt', () => {
  it('are let through when the project has room for all of them', async () => {
    expect(await added([1], [2]).judge(DONE, withUnfinished(49_998))).toBe(DONE);
  });

  it('end it at a limit when the project has no room', async () => {
    const end = await added([1], [2]).judge(DONE, withUnfinished(49_999));
    expect(end).toMatchObject({ status: 'limit_exceeded', cpuMs: 3, error: { limit: 'sub_jobs' } });
    expect(end.status !== 'done' && end.error.message).toContain(
      'Project bounds has 49999 sub-jobs that have not ended; at most 50000 may wait.',
    );
  });

  it('are not counted when there are none', async () => {
    expect(await added().judge(DONE, withUnfinished(60_000))).toBe(DONE);
  });

  it('are taken until the attempt is over', () => {
    const subJobs = added([1]);
    subJobs.close();
    subJobs.add(encode(['work', {}, [2]]));
    expect(subJobs.rows(9).map(({ input }) => input)).toEqual(['[1]']);
  });

  it.each([
    ['no list of three', null],
    ['a name alone', 'work'],
    ['arguments that are no list', ['work', {}, { length: 1 }]],
    ['nothing', []],
  ])('are refused when a realm that somebody took over sends %s', (_what, call) => {
    const subJobs = added();
    expect(() => subJobs.add(encode(call))).toThrow(TypeError);
    expect(subJobs.rows(9)).toEqual([]);
  });
});
