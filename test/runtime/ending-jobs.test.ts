import { afterEach, beforeEach, expect, it } from 'vitest';
import { newJob } from '../../runtime/new-job.ts';
import { actor } from '../support/deploys.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openTestStore, type TestStore } from '../support/store.ts';
import { until } from '../support/wait-for.ts';

/** More than the 64 places that one project may have of a process, and fewer than the 100 of its task. */
const JOBS = 90;

let data: TestStore;
let works: TestRuntime;
let started = 0;
let ended = 0;
const store = Promise.withResolvers<void>();

beforeEach(async () => {
  data = openTestStore();
  works = await openTestRuntime({
    store: {
      ...data.store,
      async finishJob(finish) {
        ended += 1;
        await store.promise;
        return data.store.finishJob(finish);
      },
    },
  });
  const { run } = works.sandbox;
  works.sandbox.run = (order, hooks) => {
    started += 1;
    return run(order, hooks);
  };
});
afterEach(async () => {
  store.resolve();
  await works.close();
  await data.close();
});

it('Jobs whose ends are being stored leave their places to the next ones, and each is stored once.', async () => {
  const live = await deployTask(works.runtime, {
    slug: 'ending',
    code: 'export function handle_button() {}',
    task: '    limits: {concurrency: 100}',
    triggers: ['{type: button, name: GO}'],
  });
  const trigger = live.triggersByName.get('GO');
  if (trigger === undefined) throw new Error('The trigger is not there.');
  const terms = { now: Date.now(), user: actor('manager'), input: null, maxAttempts: 1 };
  const jobs = Array.from({ length: JOBS - 1 }, () => newJob(live, trigger, terms));
  await Promise.all(jobs.map((job) => data.store.enqueueJob(job)));
  await works.runtime.runTrigger({
    slug: 'ending',
    name: 'GO',
    data: null,
    waitMs: 0,
    actor: actor('manager'),
  });
  await until('all have ended', () => ended === JOBS);
  store.resolve();
  const done = async () => (await data.store.listJobs({ status: 'done' }, { limit: 1000 })).items.length;
  await until('all are stored', async () => (await done()) === JOBS);
  expect([started, ended]).toEqual([JOBS, JOBS]);
});
