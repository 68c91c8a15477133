import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newJob } from '../../runtime/new-job.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { actor } from '../support/deploys.ts';
import { claimOne } from '../support/free-places.ts';
import { callHook, deployTask, linesOf, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openAgain, openTestStore, type TestStore } from '../support/store.ts';

const MINUTE = 60_000;
const CODE = `
  export async function handle_button(data: any) {
    if (data === "stay" && job.attempt === 1) await new Promise(() => {});
    if (data > 0) await new Promise((resolve) => setTimeout(resolve, data));
    return job.attempt;
  }
  export async function handle_webhook() { log("waiting"); await new Promise(() => {}); }`;

let data: TestStore;
beforeEach(() => {
  data = openTestStore();
});
afterEach(() => data.close());

async function start(store: Store): Promise<TestRuntime> {
  const works = await openTestRuntime({ store });
  await deployTask(works.runtime, {
    slug: 'stops',
    code: CODE,
    triggers: ['{type: button, name: GO}', '{type: webhook, name: HOOK}'],
  });
  return works;
}

async function clickAndSee(works: TestRuntime, data: unknown): Promise<JobRow> {
  const job = await works.runtime.runTrigger({
    slug: 'stops',
    name: 'GO',
    data,
    waitMs: 0,
    actor: actor('manager'),
  });
  await expect.poll(async () => (await works.store.getJob(job.id))?.status).toBe('running');
  return job;
}

/** Read by another process, after all was closed. */
async function readBack<Value>(read: (store: Store) => Promise<Value>): Promise<Value> {
  const store = openAgain(data);
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

describe('a stop', () => {
  it('lets running jobs end within the grace time', async () => {
    const works = await start(data.store);
    const { id } = await clickAndSee(works, 300);
    await works.runtime.stop(10_000);
    expect(await readBack((store) => store.getJob(id))).toMatchObject({ status: 'done', result: '1' });
  });

  it('gives jobs back that are not done by then; the attempt does not count', async () => {
    const works = await start(data.store);
    const { id } = await clickAndSee(works, 'stay');
    await works.runtime.stop(50);
    expect(await readBack((store) => store.getJob(id))).toMatchObject({ status: 'queued', attempt: 0 });
    expect((await readBack((store) => linesOf(store, id))).at(-1)?.message).toContain(
      'runs again from the start',
    );
  });

  it('tells the caller of a webhook that is not done by then to call again', async () => {
    const works = await start(data.store);
    const seen = new Promise<void>((resolve) => {
      works.store.watchLogs(() => resolve());
    });
    const answering = callHook(works.runtime, 'stops', 'HOOK');
    await seen;
    await works.runtime.stop(0);
    const answer = await answering;
    expect(answer?.status).toBe(503);
    const [job] = (await readBack((store) => store.listJobs({}, { limit: 1 }))).items;
    expect(job).toMatchObject({ status: 'cancelled', trigger_type: 'webhook' });
    const rows = await readBack((store) => store.listLedger({ job: job?.id }, { limit: 2 }));
    expect(rows.items).toMatchObject([{ status: 503, kind: 'webhook_answer' }]);
  });

  it('takes no webhook any more', async () => {
    const works = await start(data.store);
    const stopped = works.runtime.stop(0);
    await expect(callHook(works.runtime, 'stops', 'HOOK')).rejects.toMatchObject({ status: 503 });
    await stopped;
  });
});

describe('a start', () => {
  it('runs queued jobs that the process before it held when it died, and ends its webhooks as crashed', async () => {
    const first = await start(data.store);
    const live = first.runtime.project('stops');
    const [go, hook] = ['GO', 'HOOK'].map((name) => live?.triggersByName.get(name));
    if (live === undefined || go === undefined || hook === undefined)
      throw new Error('The project is not there.');
    await first.close();

    const user = { id: null, name: 'somebody', login: null, role: null };
    const begin = { now: Date.now(), user, input: '1', maxAttempts: 5 };
    const held = newJob(live, go, begin);
    const hooked = newJob(live, hook, begin);
    const died = openAgain(data);
    await died.enqueueJob(held);
    await claimOne(died, Date.now());
    await died.startJob({ ...hooked, status: 'running', overall: 'running' }, [], Date.now() + MINUTE);
    await died.close();

    const second = await start(openAgain(data));
    await expect.poll(async () => (await second.store.getJob(held.id))?.status).toBe('done');
    expect(await second.store.getJob(held.id)).toMatchObject({ attempt: 1, result: '1' });
    expect(await second.store.getJob(hooked.id)).toMatchObject({ status: 'crashed' });
    await second.close();
  });
});
