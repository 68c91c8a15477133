import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Claimed, JobRow } from '../../../../../runtime/store/job-store.ts';
import type { Store } from '../../../../../runtime/store/store.ts';
import { freePlaces } from '../../../../support/free-places.ts';
import { jobRow, logWrite, MID_MONTH } from '../../../../support/rows.ts';
import { freshStore } from '../../conformance/harness.ts';
import { openPostgres } from '../../conformance/open-postgres.ts';

const NOW = MID_MONTH + 60_000;
/** Of the pulse, which comes when it likes. */
const OTHERS = 'time';

const data = freshStore(openPostgres());
let sent: string[] = [];

beforeEach(() => {
  sent = [];
  const query = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function told(
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [config] = args;
    const name = typeof config === 'object' && config !== null && 'name' in config ? String(config.name) : '';
    if (name !== OTHERS) sent.push(name);
    return Reflect.apply(query, this, args);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const claim = (store: Store, left = 8): Promise<Claimed> =>
  store.claimJobs({ now: NOW, leaseUntil: NOW + 60_000, places: freePlaces({ left }) });

const idsOf = ({ jobs }: Claimed): readonly string[] => jobs.map(({ id }) => id);

const queue = async (store: Store, changes: Partial<JobRow> = {}): Promise<string> => {
  const job = jobRow(changes);
  await store.enqueueJob(job);
  return job.id;
};

async function runOne(store: Store): Promise<void> {
  const id = await queue(store);
  const [job] = (await claim(store)).jobs;
  if (job === undefined) throw new Error('Nothing was claimed.');
  const ended = { ...job, status: 'done', overall: 'done' } as const;
  await store.finishJob({ job: ended, logs: [logWrite({ job: id })], ledger: [] });
}

it('takes three round trips from its queueing to its end', async () => {
  // The first one of a month makes the tables of that month.
  await runOne(data.store);
  expect(await claim(data.store)).toEqual({ jobs: [], more: false, lost: false });
  sent = [];
  await runOne(data.store);
  // What tells other nodes goes out together with what it tells of.
  expect(sent).toEqual(['enqueue', 'tell', 'claim', 'end lines']);
});

it('is claimed first, and the next claim finds what others have queued meanwhile', async () => {
  const other = await data.another();
  await claim(data.store);
  const theirs = await queue(other, { priority: 1 });
  const own = await queue(data.store, { priority: 9 });
  const first = await claim(data.store);
  expect([idsOf(first), first.more]).toEqual([[own], true]);
  const second = await claim(data.store);
  expect([idsOf(second), second.more]).toEqual([[theirs], false]);
});

it('waits for its turn when others were left waiting', async () => {
  for (let n = 0; n < 3; n += 1) await queue(data.store, { priority: 5 });
  expect((await claim(data.store, 2)).jobs).toHaveLength(2);
  const late = await queue(data.store, { priority: 9 });
  const next = await claim(data.store, 1);
  expect([idsOf(next).includes(late), next.jobs.length, next.more]).toEqual([false, 1, false]);
});

it('is not taken from a process that was quicker', async () => {
  const other = await data.another();
  await claim(data.store);
  const id = await queue(data.store);
  expect(idsOf(await claim(other))).toEqual([id]);
  expect(await claim(data.store)).toEqual({ jobs: [], more: false, lost: false });
});

it('comes in the order of priorities when several come at once', async () => {
  await claim(data.store);
  const late = await queue(data.store, { priority: 9 });
  const soon = await queue(data.store, { priority: 1 });
  expect(idsOf(await claim(data.store, 1))).toEqual([soon]);
  expect(idsOf(await claim(data.store, 1))).toEqual([late]);
});

it('is not claimed before it is due', async () => {
  await claim(data.store);
  await queue(data.store, { run_at: NOW + 1 });
  expect((await claim(data.store)).jobs).toEqual([]);
});
