import { afterEach, beforeEach, expect, it } from 'vitest';
import { LEASE_MS } from '../../runtime/leases.ts';
import { actor } from '../support/deploys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openTestStore, type TestStore } from '../support/store.ts';
import { until } from '../support/wait-for.ts';

let data: TestStore;
let works: TestRuntime;
const clock = new FakeClock();
let claims = 0;

/** The process is asleep, longer than its lease, while the first claim is on its way to it. */
beforeEach(async () => {
  data = openTestStore();
  const store = {
    ...data.store,
    async claimJobs(claim: Parameters<typeof data.store.claimJobs>[0]) {
      const claimed = await data.store.claimJobs(claim);
      if (claimed.jobs.length > 0) claims += 1;
      if (claims === 1) clock.advance(LEASE_MS);
      return claimed;
    },
  };
  works = await openTestRuntime({ store, clock });
});
afterEach(async () => {
  await works.close();
  await data.close();
});

it('a job whose lease ended before it could be started is claimed anew, and starts once', async () => {
  const code = 'export function handle_button() { return job.attempt; }';
  await deployTask(works.runtime, { slug: 'late', code, triggers: ['{type: button, name: GO}'] });
  const starts: string[] = [];
  const run = works.sandbox.run;
  works.sandbox.run = (order, hooks) => {
    starts.push(order.jobId);
    return run(order, hooks);
  };
  const wish = { slug: 'late', name: 'GO', data: null, waitMs: 0, actor: actor('manager') };
  const { id } = await works.runtime.runTrigger(wish);
  await until('it is done', async () => (await data.store.getJob(id))?.status === 'done');
  expect(await data.store.getJob(id)).toMatchObject({ result: '1', attempt: 1 });
  expect(starts).toEqual([id]);
  expect(claims).toBe(2);
});
