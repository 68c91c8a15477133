import { afterEach, beforeEach, expect, it } from 'vitest';
import { newJob } from '../../runtime/new-job.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import { actor } from '../support/deploys.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { until } from '../support/wait-for.ts';

const CODE = 'export function handle_button() { return "ran"; }';
const USER = { id: null, name: 'somebody', login: null, role: null };

let works: TestRuntime;

beforeEach(async () => {
  works = await openTestRuntime();
  await deployTask(works.runtime, { slug: 'odd', code: CODE, triggers: ['{type: button, name: GO}'] });
});
afterEach(() => works.close());

it.each([
  ['user', { user: '{' }],
  ['input', { input: 'no JSON' }],
  ['arguments', { args: '[' }],
] as const)('a queued job whose %s somebody has spoilt in the database fails once', async (_, spoilt) => {
  const project = works.runtime.project('odd');
  const trigger = project?.triggersByName.get('GO');
  if (project === undefined || trigger === undefined) throw new Error('The project is not there.');
  const now = works.store.now();
  const job: JobRow = {
    ...newJob(project, trigger, { now, user: USER, input: null, maxAttempts: 5 }),
    ...spoilt,
  };
  await works.store.enqueueJob(job);
  await works.runtime.runTrigger({
    slug: 'odd',
    name: 'GO',
    data: null,
    waitMs: 0,
    actor: actor('manager'),
  });
  await until('it has failed', async () => (await works.store.getJob(job.id))?.status === 'failed');
  expect(JSON.parse((await works.store.getJob(job.id))?.error ?? '')).toMatchObject({ name: 'InputLost' });
  expect(works.reports).toEqual([]);
});
