import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openPostgresStore } from '../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { claimOne, freePlaces } from '../../../support/free-places.ts';
import { testDatabase } from '../../../support/postgres/database.ts';
import { jobRow, ledgerWrite, logWrite, MID_MONTH } from '../../../support/rows.ts';
import { CHAIN_KEY } from '../conformance/open-sqlite.ts';

const MOST = 6;
const NOW = MID_MONTH + 60_000;

/** Everything that a busy node does at once. */
async function work(store: Store, n: number): Promise<void> {
  await store.enqueueJob(jobRow());
  const job = await claimOne(store, NOW, freePlaces({ left: 1 }));
  if (job !== undefined)
    await store.finishJob({
      job: { ...job, status: 'done', overall: 'done' },
      logs: [logWrite({ job: job.id })],
      ledger: [ledgerWrite({ job: job.id })],
    });
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
  const store = await openPostgresStore({
    url: database.url,
    chainKey: CHAIN_KEY,
    connections: MOST,
  });
  let isOver = false;
  const works = Promise.all(Array.from({ length: 60 }, (_, n) => work(store, n))).finally(() => {
    isOver = true;
  });
  let most = 0;
  while (!isOver) {
    const [row] = await database.ask<{ count: string }>(
      'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    most = Math.max(most, Number(row?.count));
    await setTimeout(5);
  }
  await works;
  await store.close();
  expect(most).toBe(MOST);
});
