import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveCron } from '../../../runtime/cron/plan.ts';
import { rhythmText } from '../../../runtime/cron/rhythm.ts';
import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { type TestDatabase, testDatabase } from '../../support/postgres/database.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';
import { waitFor } from '../../support/wait-for.ts';

const CODE = `
  export function handle_button() { return "ran"; }
  export function handle_cron() { return "ran"; }`;
const CHAIN_KEY = new Uint8Array(32).fill(7);

/** A store through which nothing is heard of projects, neither told nor by looking. */
const deaf = (store: Store): Store => ({
  ...store,
  projectMarks: async () => [],
  watchOthers: (listener) => store.watchOthers((news) => news.kind === 'queued' && listener(news)),
});

describe('a node that has not heard of a deploy yet', () => {
  let database: TestDatabase;
  let door: TestRuntime;
  let late: TestRuntime;
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    database = await testDatabase();
    door = await openTestRuntime({ store: await open(), work: false });
    late = await openTestRuntime({ store: deaf(await open()) });
  });
  afterEach(async () => {
    await Promise.all([door.close(), late.close()]);
    await database[Symbol.asyncDispose]();
  });

  const deploy = (trigger: string) =>
    deployTask(door.runtime, { slug: 'new', code: CODE, triggers: [trigger] });

  it('runs its jobs all the same', async () => {
    await deploy('{type: button, name: GO}');
    expect(late.runtime.project('new')).toBeUndefined();
    expect(await clickButton(door.runtime, 'new', 'GO')).toMatchObject({ status: 'done', result: '"ran"' });
    expect(late.runtime.project('new')).toMatchObject({ project: { slug: 'new' } });
  });

  it('leaves its cron triggers as they are, and starts them', async () => {
    const live = await deploy('{type: cron, name: TICK, every: 1 hour}');
    const cron = liveCron(live, 'TICK');
    if (cron === undefined) throw new Error('It has a cron trigger.');
    const due = { next_at: late.store.now() - 1000, rhythm: rhythmText(cron.rhythm), armed: true };
    await door.store.putCronPlans([{ project_id: live.project.id, name: 'TICK', ...due }]);
    // It looks for what is due when it plans something of its own.
    await deployTask(late.runtime, {
      slug: 'other',
      code: CODE,
      triggers: ['{type: cron, name: OWN, every: 1 hour}'],
    });
    const tick = await waitFor(async () => {
      const { items } = await late.store.listJobs({ trigger: 'TICK', status: 'done' }, { limit: 1 });
      return items[0];
    });
    expect(tick).toMatchObject({ planned_at: due.next_at, result: '"ran"' });
    expect(await late.store.listCronPlans(live.project.id)).toMatchObject([{ armed: true }]);
  });
});
