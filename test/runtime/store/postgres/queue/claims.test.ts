import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { JobRow } from '../../../../../runtime/store/job-store.ts';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../../runtime/store/store.ts';
import { freePlaces } from '../../../../support/free-places.ts';
import { testDatabase } from '../../../../support/postgres/database.ts';
import { startPostgres } from '../../../../support/postgres/server.ts';
import { jobRow, MID_MONTH } from '../../../../support/rows.ts';
import { freshStore } from '../../conformance/harness.ts';
import { openPostgres } from '../../conformance/open-postgres.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

const NOW = MID_MONTH + 60_000;
const MOST = 3;

const data = freshStore(openPostgres());

/** As a process that knows only of the jobs that it takes here. */
const claim = async (store: Store, left = 8, ofTask = MOST): Promise<readonly JobRow[]> => {
  const places = freePlaces({ left, ofTask });
  return (await store.claimJobs({ now: NOW, leaseUntil: NOW + 60_000, places })).jobs;
};

const end = (store: Store, job: JobRow): Promise<boolean> =>
  store.finishJob({ job: { ...job, status: 'done', overall: 'done' }, logs: [], ledger: [] });

it('lets processes that claim at once run no more of a task than its limit, and no job twice', async () => {
  const stores = [data.store, await data.another(), await data.another()];
  const jobs = Array.from({ length: 150 }, (_, n) => jobRow({ task: n % 3 === 0 ? 'Rare' : 'Often' }));
  await Promise.all(jobs.map((job) => data.store.enqueueJob(job)));
  const started: string[] = [];
  const running = { Rare: 0, Often: 0 };
  const seen = { Rare: 0, Often: 0 };

  async function run(store: Store, job: JobRow): Promise<void> {
    const task = job.task as keyof typeof running;
    started.push(job.id);
    running[task] += 1;
    seen[task] = Math.max(seen[task], running[task]);
    await setTimeout(Math.random() * 5);
    running[task] -= 1;
    expect(await end(store, job)).toBe(true);
  }
  async function work(store: Store): Promise<void> {
    const runs: Promise<void>[] = [];
    while (started.length < jobs.length) {
      for (const job of await claim(store)) runs.push(run(store, job));
      await setTimeout(1);
    }
    await Promise.all(runs);
  }
  await Promise.all(stores.map(work));
  expect(started.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  expect(seen).toEqual({ Rare: MOST, Often: MOST });
});

it('gives the places of a task free when its jobs end, go back or are taken back', async () => {
  for (let n = 0; n < 9; n += 1) await data.store.enqueueJob(jobRow());
  const [ended, back, expired] = await claim(data.store);
  expect(await claim(data.store)).toEqual([]);
  if (ended === undefined || back === undefined || expired === undefined) throw new Error('Too few came.');
  await end(data.store, ended);
  await data.store.requeueJob({ job: back, runAt: NOW + 60_000, uncounted: false, logs: [] });
  expect(await claim(data.store)).toHaveLength(2);
  const other = await data.another();
  expect(await claim(other)).toEqual([]);
  expect(await other.takeBackExpired(NOW + 60_000)).toHaveLength(3);
  expect(await claim(other)).toHaveLength(3);
});

it('starts none of a task whose limit was lowered until enough have ended', async () => {
  for (let n = 0; n < 9; n += 1) await data.store.enqueueJob(jobRow());
  const running = await claim(data.store);
  const fewer = () => claim(data.store, 8, 2);
  expect(await fewer()).toEqual([]);
  for (const job of running.slice(0, 2)) await end(data.store, job);
  expect(await fewer()).toHaveLength(1);
});

it('leaves webhooks’ own jobs their run beside the queued ones', async () => {
  const own = jobRow({ trigger_type: 'webhook', status: 'running', overall: 'running', attempt: 1 });
  await data.store.startJob(own, [], NOW + 60_000);
  for (let n = 0; n < 5; n += 1) await data.store.enqueueJob(jobRow());
  expect(await claim(data.store)).toHaveLength(MOST);
});

it('does not wait for the disk', async () => {
  // Of its own: what others write brings all to the disk.
  const server = await startPostgres();
  try {
    await using database = await testDatabase(server.url);
    const store = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY });
    let waited = 0;
    for (; waited < 20; waited += 1) {
      await store.enqueueJob(jobRow());
      const [before] = await database.ask<{ lsn: string }>('SELECT pg_current_wal_insert_lsn() AS lsn');
      expect(await claim(store, 1, 99)).toHaveLength(1);
      const [row] = await database.ask<{ bytes: string }>(
        'SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), $1) AS bytes',
        [before?.lsn],
      );
      // The database may have brought all to the disk by itself at the same moment.
      if (Number(row?.bytes) <= 0) break;
    }
    await store.close();
    expect(waited).toBeLessThan(20);
  } finally {
    await server.stop();
  }
});
