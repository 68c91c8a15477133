import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../runtime/store/store.ts';
import { storeAway } from '../../runtime/store/store-unavailable.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openTestStore, type TestStore } from '../support/store.ts';
import { until } from '../support/wait-for.ts';

const CODE = `
  export async function handle_button() {
    await add_job(child)(1);
    return job.attempt;
  }
  export function child() {}`;

let data: TestStore;
let works: TestRuntime;
let lost: Partial<Record<'claimJobs' | 'countSubJobs', number>> = {};

/** So many answers of a verb are lost after it has done its work. */
const losing = (verb: keyof typeof lost): boolean => {
  const left = lost[verb] ?? 0;
  lost[verb] = left - 1;
  return left > 0;
};

beforeEach(async () => {
  lost = {};
  data = openTestStore();
  const store: Store = {
    ...data.store,
    async claimJobs(wanted) {
      const claimed = await data.store.claimJobs(wanted);
      if (claimed.jobs.length > 0 && losing('claimJobs')) throw storeAway();
      return claimed;
    },
    async countSubJobs(projectId, most) {
      const count = await data.store.countSubJobs(projectId, most);
      if (losing('countSubJobs')) throw storeAway();
      return count;
    },
  };
  works = await openTestRuntime({ store });
  await deployTask(works.runtime, { slug: 'lost', code: CODE, triggers: ['{type: button, name: GO}'] });
});
afterEach(async () => {
  await works.close();
  await data.close();
});

it('a job whose claim was stored and never heard of runs at the next claim, long before a lease ends', async () => {
  lost = { claimJobs: 1 };
  const { id } = await clickButton(works.runtime, 'lost', 'GO');
  await until('it is done', async () => (await data.store.getJob(id))?.status === 'done');
  expect(await data.store.getJob(id)).toMatchObject({ attempt: 1, result: '1' });
});

it('what a job has done is kept until its sub-jobs can be counted', async () => {
  lost = { countSubJobs: 3 };
  const starts: string[] = [];
  const run = works.sandbox.run;
  works.sandbox.run = (order, hooks) => {
    starts.push(order.jobId);
    return run(order, hooks);
  };
  const { id } = await clickButton(works.runtime, 'lost', 'GO');
  await until('it is done', async () => (await data.store.getJob(id))?.status === 'done');
  const { children } = (await data.store.getJob(id)) ?? { children: [] };
  await until(
    'its sub-job is done',
    async () => (await data.store.getJob(children[0] ?? ''))?.status === 'done',
  );
  expect(starts).toEqual([id, ...children]);
});
