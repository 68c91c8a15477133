import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newJob } from '../../runtime/new-job.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { actor } from '../support/deploys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { claimOne } from '../support/free-places.ts';
import { callHook, clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openAgain, openTestStore, type TestStore } from '../support/store.ts';
import { until, waitFor } from '../support/wait-for.ts';

const CODE = `
  export async function handle_button(data: any) {
    if (data === "stay") await new Promise(() => {});
    if (data === "slow") await new Promise((resolve) => setTimeout(resolve, 300));
    return data;
  }
  export async function handle_webhook() { await new Promise(() => {}); }`;

let data: TestStore;
let works: TestRuntime;
let clock: FakeClock;
/** Another process that has the same data. */
let other: Store;
let reader: Database.Database;

beforeEach(async () => {
  clock = new FakeClock();
  data = openTestStore();
  works = await openTestRuntime({ store: data.store, clock });
  await deployTask(works.runtime, {
    slug: 'leased',
    code: CODE,
    triggers: ['{type: button, name: GO}', '{type: webhook, name: HOOK}'],
  });
  await clickButton(works.runtime, 'leased', 'GO');
  reader = new Database(join(data.dir, 'sluice.db'), { readonly: true });
  other = openAgain(data);
});
afterEach(async () => {
  await works.close();
  await other.close();
  reader.close();
  await data.close();
});

const start = (given: unknown): Promise<JobRow> =>
  works.runtime.runTrigger({ slug: 'leased', name: 'GO', data: given, waitMs: 0, actor: actor('manager') });
const becomes = (id: string, status: string) =>
  until(`job ${id} is ${status}`, async () => (await data.store.getJob(id))?.status === status);

describe('the jobs that a process runs', () => {
  it('stay its own, because it renews their leases', async () => {
    const { id } = await start('stay');
    await becomes(id, 'running');
    const lease = reader.prepare<[string], number>('SELECT lease_until FROM jobs WHERE id = ?').pluck();
    for (let n = 0; n < 3; n += 1) {
      const before = lease.get(id) ?? 0;
      clock.advance(20_000);
      await until('its lease is renewed', () => lease.get(id) === before + 20_000);
      expect(await other.takeBackExpired(clock.now() + 59_999)).toEqual([]);
    }
    await works.runtime.cancelJob(id, actor('manager'));
    expect(works.reports).toEqual([]);
  });

  it('are not taken for strays, and neither are those of webhooks whose callers wait', async () => {
    const { id } = await start('stay');
    const answer = callHook(works.runtime, 'leased', 'HOOK');
    await becomes(id, 'running');
    const webhook = await waitFor(async () => {
      clock.advance(300);
      const { items } = await data.store.listJobs({ trigger: 'HOOK' }, { limit: 1 });
      return items[0]?.status === 'running' ? items[0] : undefined;
    });
    for (let n = 0; n < 4; n += 1) {
      const lease = reader.prepare<[string], number>('SELECT lease_until FROM jobs WHERE id = ?').pluck();
      const before = lease.get(webhook.id) ?? 0;
      clock.advance(20_000);
      await until('its lease is renewed', () => (lease.get(webhook.id) ?? 0) > before);
    }
    for (const one of [id, webhook.id]) {
      expect(await data.store.getJob(one)).toMatchObject({ status: 'running', attempt: 1 });
      await works.runtime.cancelJob(one, actor('manager'));
    }
    await answer;
    expect(works.reports).toEqual([]);
  });

  it('are lost when it does not, and the operator is told', async () => {
    const { id } = await start('slow');
    await becomes(id, 'running');
    expect(await other.takeBackExpired(clock.now() + 60_000)).toEqual([id]);
    const taken = await claimOne(other, clock.now());
    expect(taken).toMatchObject({ id, attempt: 1 });
    await until('its end did not count', () => works.reports.length > 0);
    expect(works.reports).toEqual([
      `How attempt 1 of job ${id} ended was not stored: this process does not hold the job any more. Its lease had ended, or the answer of the database was lost; the job runs again unless it has ended.`,
    ]);
    expect(await data.store.getJob(id)).toMatchObject({ status: 'running' });
  });
});

it('a run whose job another process has taken ends at the next renewal', async () => {
  const { id } = await start('stay');
  await becomes(id, 'running');
  await other.takeBackExpired(clock.now() + 60_000);
  clock.advance(10);
  expect(await claimOne(other, clock.now())).toMatchObject({ id, attempt: 1 });
  clock.advance(20_000);
  await until('its end did not count', () => works.reports.length > 0);
  expect(works.reports).toEqual([expect.stringContaining(`How attempt 1 of job ${id} ended was not stored`)]);
  expect(await data.store.getJob(id)).toMatchObject({ status: 'running', attempt: 1 });
});

it('a job that was taken back and comes again while its lost attempt still runs starts once that has ended', async () => {
  const said: string[] = [];
  const run = works.sandbox.run;
  works.sandbox.run = (order, hooks) => {
    const tell = (word: string) => said.push(`${order.jobId} ${word}`);
    tell('starts');
    const started = run(order, hooks);
    void started.outcome.then(() => tell('ends'));
    return started;
  };
  const { id } = await start('slow');
  await becomes(id, 'running');
  expect(await other.takeBackExpired(clock.now() + 60_000)).toEqual([id]);
  clock.advance(10);
  // Which makes this process look for jobs.
  await start('another');
  await until('its first end did not count', async () => {
    clock.advance(10);
    return works.reports.length > 0;
  });
  await until('it is done', async () => {
    clock.advance(100);
    return (await data.store.getJob(id))?.status === 'done';
  });
  expect(await data.store.getJob(id)).toMatchObject({ attempt: 1, result: '"slow"' });
  const words = said.filter((one) => one.startsWith(id)).map((one) => one.split(' ')[1]);
  expect(words).toEqual(['starts', 'ends', 'starts', 'ends']);
});

it('a job whose process is gone runs here once its lease has ended', async () => {
  const project = works.runtime.project('leased');
  const trigger = project?.triggersByName.get('GO');
  if (project === undefined || trigger === undefined) throw new Error('The project is not there.');
  const user = { id: null, name: 'somebody', login: null, role: null };
  const job = newJob(project, trigger, { now: clock.now(), user, input: '"left"', maxAttempts: 5 });
  await other.enqueueJob(job);
  await claimOne(other, clock.now());
  await until('its lease has ended', async () => {
    clock.advance(10_000);
    return (await data.store.getJob(job.id))?.status === 'done';
  });
  expect(await data.store.getJob(job.id)).toMatchObject({ attempt: 1, result: '"left"' });
  expect(works.reports).toEqual([
    'A job was put back into the queue: the process that ran it is gone, or did not renew the lease in time.',
  ]);
});
