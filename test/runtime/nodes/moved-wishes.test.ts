import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { openPostgresStore } from '../../../runtime/store/postgres/open.ts';
import { actor } from '../../support/deploys.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { toPostgres, toSqlite } from '../../support/moved-stores.ts';
import { testDatabase } from '../../support/postgres/database.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';
import { openAgain, openTestStore, type TestStore } from '../../support/store.ts';
import { CHAIN_KEY } from '../store/conformance/open-sqlite.ts';

const REASON = 'Ada cancelled the job.';

describe('a wish that a job ends', () => {
  let data: TestStore;
  let works: TestRuntime;
  const clock = new FakeClock();

  beforeEach(async () => {
    data = openTestStore();
    works = await openTestRuntime({ store: data.store, clock });
    await deployTask(works.runtime, {
      slug: 'wished',
      code: 'export async function handle_button() { await new Promise(() => {}); }',
      triggers: ['{type: button, name: GO}'],
    });
  });
  afterEach(async () => {
    await works.close();
    await data.close();
  });

  async function runJob(): Promise<JobRow> {
    const run = { slug: 'wished', name: 'GO', data: null, waitMs: 0, actor: actor('manager') };
    const job = await works.runtime.runTrigger(run);
    await expect.poll(async () => (await works.store.getJob(job.id))?.status).toBe('running');
    return job;
  }

  it('comes along from PostgreSQL to SQLite, where the first start carries it out before the job begins', async () => {
    await using database = await testDatabase();
    const back = mkdtempSync(join(tmpdir(), 'sluice-move-'));
    try {
      const { id } = await runJob();
      // Gives the job back.
      await works.runtime.stop(0);
      await toPostgres(data.dir, database.url);
      const node = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
      await node.wishEnd(id, REASON);
      await node.close();
      await toSqlite(back, database.url);
      works = await openTestRuntime({ store: openAgain({ dir: back }), clock });
      expect(await works.store.getJob(id)).toMatchObject({
        status: 'cancelled',
        attempt: 0,
        error: expect.stringContaining(REASON),
      });
    } finally {
      await works.runtime.stop(0);
      rmSync(back, { recursive: true, force: true });
    }
  }, 30_000);

  it('is looked for on SQLite too, so that a job that has begun all the same is ended', async () => {
    const { id } = await runJob();
    await works.store.wishEnd(id, REASON);
    clock.advance(20_000);
    await expect.poll(async () => (await works.store.getJob(id))?.status).toBe('cancelled');
  });
});
