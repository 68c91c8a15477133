import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { JobRow } from '../../../../runtime/store/job-store.ts';
import { openPostgresStore } from '../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { claimOne, freePlaces } from '../../../support/free-places.ts';
import { testDatabase } from '../../../support/postgres/database.ts';
import { jobRow, ledgerWrite, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { CHAIN_KEY } from '../conformance/open-sqlite.ts';

const MOST = 7;
const NOW = MID_MONTH + 60_000;

const end = (store: Store, job: JobRow, withRow: boolean): Promise<boolean> =>
  store.finishJob({
    job: { ...job, status: 'done', overall: 'done' },
    logs: [logWrite({ job: job.id })],
    ledger: withRow ? [ledgerWrite({ job: job.id })] : [],
  });

/** Everything that a busy node does at once. */
async function work(store: Store, n: number): Promise<void> {
  await store.enqueueJob(jobRow());
  const job = await claimOne(store, NOW, freePlaces({ left: 1 }));
  if (job !== undefined) await end(store, job, true);
  await store.appendLedger([ledgerWrite()]);
  const terms = { caller: `caller ${n}` };
  await Promise.all([
    store.listJobs({}, { limit: 10 }, terms),
    store.listLogs({}, { limit: 10 }, terms),
    store.renewLeases(NOW + 60_000),
  ]);
}

it('a store has no more connections than it may, and does all its work over the fewest that are accepted', async () => {
  await using database = await testDatabase();
  const store = await openPostgresStore({ url: database.url, chainKey: CHAIN_KEY, connections: MOST });
  /** The most connections that were seen meanwhile. */
  async function seenDuring(works: Promise<unknown>): Promise<number> {
    let isOver = false;
    const over = works.finally(() => {
      isOver = true;
    });
    let most = 0;
    while (!isOver) {
      const [row] = await database.ask<{ count: string }>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('sluice', 'sluice reads')",
      );
      most = Math.max(most, Number(row?.count));
      await setTimeout(5);
    }
    await over;
    return most;
  }
  expect(await seenDuring(Promise.all(Array.from({ length: 60 }, (_, n) => work(store, n))))).toBe(MOST);
  const jobs = Array.from({ length: 600 }, () => jobRow());
  await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  const claimed = await store.claimJobs({
    now: NOW,
    leaseUntil: NOW + 60_000,
    places: freePlaces({ left: 600 }),
  });
  // As another node does with months that are empty: each batch then makes its own again.
  const months = await database.ask<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE relkind = 'r'",
  );
  await database.ask(`DROP TABLE ${months.map(({ name }) => name).join(', ')}`);
  const ends = Promise.all(claimed.jobs.map((job, n) => end(store, job, n % 2 === 0)));
  expect(await seenDuring(ends)).toBe(MOST);
  expect(new Set(await ends)).toEqual(new Set([true]));
  await store.close();
});
