import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../runtime/app-error.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { actor } from '../support/deploys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { openAgain, openTestStore, type TestStore } from '../support/store.ts';
import { until } from '../support/wait-for.ts';

/** Every state of a queued job, and what each event makes of it: its status and attempt, or why the event is refused. */
const STATES = ['queued', 'waiting', 'running', 'done', 'failed', 'cancelled'] as const;
type State = (typeof STATES)[number];

const SLUG = 'states';
const MANAGER = actor('manager');
const BUTTON = '{type: button, name: GO}';
const CODE = `
  export async function handle_button(state: any) {
    if (state === "running") await new Promise(() => {});
    if (state === "waiting" && job.attempt === 1) throw new RetryableJobError("later");
    if (state === "failed") throw new Error("no");
    return job.attempt;
  }`;

let data: TestStore;
let works: TestRuntime;
let clock: FakeClock;
beforeEach(async () => {
  clock = new FakeClock();
  data = openTestStore();
  works = await openTestRuntime({ store: data.store, clock });
  await deploy(BUTTON);
});
afterEach(async () => {
  await works.close();
  await data.close();
});

const deploy = (trigger: string) =>
  deployTask(works.runtime, {
    slug: SLUG,
    code: CODE,
    task: '    limits: {concurrency: 1}',
    triggers: [trigger],
  });
const start = (state: State): Promise<JobRow> =>
  works.runtime.runTrigger({ slug: SLUG, name: 'GO', data: state, waitMs: 0, actor: MANAGER });
const statusOf = async (id: string) => (await data.store.getJob(id))?.status;

/** One job in each state; the one that is queued waits for the one that runs, as the task has one place. */
async function jobs(): Promise<Readonly<Record<State, string>>> {
  const [done, failed, waiting] = [
    await clickButton(works.runtime, SLUG, 'GO', 'done'),
    await clickButton(works.runtime, SLUG, 'GO', 'failed'),
    await clickButton(works.runtime, SLUG, 'GO', 'waiting'),
  ];
  const running = await start('running');
  await until('it runs', async () => (await statusOf(running.id)) === 'running');
  const [queued, cancelled] = [await start('queued'), await start('cancelled')];
  await works.runtime.cancelJob(cancelled.id, MANAGER);
  return {
    queued: queued.id,
    waiting: waiting.id,
    running: running.id,
    done: done.id,
    failed: failed.id,
    cancelled: cancelled.id,
  };
}

type Table = Readonly<Record<State, string>>;

async function tableOf(ids: Table, read: (id: string) => Promise<string>): Promise<Table> {
  const table: Record<string, string> = {};
  for (const state of STATES) table[state] = await read(ids[state]);
  return table as Table;
}
const rowIn = (store: Pick<Store, 'getJob'>) => async (id: string) => {
  const job = await store.getJob(id);
  return job === undefined ? 'gone' : `${job.status} ${job.attempt}`;
};
const orRefusal = async (change: Promise<JobRow>): Promise<string> =>
  change.then(
    ({ status, attempt }) => `${status} ${attempt}`,
    (error: unknown) => (error instanceof AppError ? `refused: ${error.code}` : String(error)),
  );

const AS_THEY_WERE = { done: 'done 1', failed: 'failed 1', cancelled: 'cancelled 0' };

describe('a queued job, whatever its state, when', () => {
  it('nothing happens stays as it is', async () => {
    const ids = await jobs();
    expect(await tableOf(ids, rowIn(data.store))).toEqual({
      queued: 'queued 0',
      waiting: 'queued 1',
      running: 'running 1',
      ...AS_THEY_WERE,
    });
  });

  it('somebody cancels it', async () => {
    const ids = await jobs();
    expect(await tableOf(ids, (id) => orRefusal(works.runtime.cancelJob(id, MANAGER)))).toEqual({
      queued: 'cancelled 0',
      waiting: 'cancelled 1',
      running: 'cancelled 1',
      done: 'refused: job_finished',
      failed: 'refused: job_finished',
      cancelled: 'refused: job_finished',
    });
  });

  it('somebody retries it by hand', async () => {
    const ids = await jobs();
    expect(await tableOf(ids, (id) => orRefusal(works.runtime.retryJob(id, MANAGER)))).toEqual({
      queued: 'refused: not_retried',
      waiting: 'refused: not_retried',
      running: 'refused: not_retried',
      done: 'queued 0',
      failed: 'queued 0',
      cancelled: 'queued 0',
    });
    expect(await tableOf(ids, rowIn(data.store))).toMatchObject(AS_THEY_WERE);
  });

  it('its time comes', async () => {
    const ids = await jobs();
    await works.runtime.cancelJob(ids.running, MANAGER);
    await until('the queued one has run', async () => (await statusOf(ids.queued)) === 'done');
    expect(await statusOf(ids.waiting)).toBe('queued');
    clock.advance(5 * 60_000);
    await until('it has run again', async () => (await statusOf(ids.waiting)) === 'done');
    expect(await tableOf(ids, rowIn(data.store))).toEqual({
      queued: 'done 1',
      waiting: 'done 2',
      running: 'cancelled 1',
      ...AS_THEY_WERE,
    });
  });

  it('its trigger goes: what runs goes on, and what waits is cancelled when its turn comes', async () => {
    const ids = await jobs();
    await deploy('{type: button, name: OTHER}');
    expect(await tableOf(ids, rowIn(data.store))).toMatchObject({ running: 'running 1', ...AS_THEY_WERE });
    await works.runtime.cancelJob(ids.running, MANAGER);
    await until('the queued one is cancelled', async () => (await statusOf(ids.queued)) === 'cancelled');
    clock.advance(5 * 60_000);
    await until('the waiting one is cancelled', async () => (await statusOf(ids.waiting)) === 'cancelled');
    expect(await tableOf(ids, rowIn(data.store))).toMatchObject({
      queued: 'cancelled 1',
      waiting: 'cancelled 2',
    });
  });

  it('its project is deleted goes with it', async () => {
    const ids = await jobs();
    await works.runtime.deleteProject(SLUG);
    const gone = Object.fromEntries(STATES.map((state) => [state, 'gone']));
    expect(await tableOf(ids, rowIn(data.store))).toEqual(gone);
  });

  it('the server stops is given back, its attempt not counted', async () => {
    const ids = await jobs();
    await works.runtime.stop(0);
    const store = openAgain(data);
    expect(await tableOf(ids, rowIn(store))).toEqual({
      queued: 'queued 0',
      waiting: 'queued 1',
      running: 'queued 0',
      ...AS_THEY_WERE,
    });
    await store.close();
  });

  it('the server dies is taken back by the next one, its attempt not counted', async () => {
    const ids = await jobs();
    const store = openAgain(data);
    expect(await store.takeBackJobs(clock.now())).toEqual([ids.running]);
    expect(await tableOf(ids, rowIn(store))).toEqual({
      queued: 'queued 0',
      waiting: 'queued 1',
      running: 'queued 0',
      ...AS_THEY_WERE,
    });
    await store.close();
  });
});
