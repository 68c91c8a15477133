import type { FreePlaces, QueuedJob } from '../../job-store.ts';
import { ClaimOrder } from '../../rules/claim-order.ts';
import type { Database } from '../database/database.ts';
import type { Prepared, Session } from '../database/session.ts';
import type { FreshJobs } from './fresh-jobs.ts';

/** A job that is due, by what a claim has to know of it. */
export interface ReadyJob extends QueuedJob {
  readonly queue: string;
}

/** What a claim reads before it takes anything. */
export interface ClaimReads {
  /** Those that are due, in the order in which a claim takes them, as many as there are places. */
  pick(now: number, places: () => FreePlaces): Promise<Picked>;
  nextJobAt(): Promise<number | null>;
}

/** `looked`: it knows of all that is due, and not only of what this process has queued a moment ago. */
interface Picked {
  readonly jobs: readonly ReadyJob[];
  readonly looked: boolean;
}

/** Jobs that fall due are made ready so many at a time: a million may do so at one moment. */
const MOST_MADE_READY = 1000;
/** So many jobs are read for each place, over all queues; of one queue half as many as there are places, as a project gets no more. */
const JOBS_FOR_PLACE = 4;

/**
 * From each queue its best jobs are found by seeks in one index, however many wait behind them. How many of each are read follows from
 * how many queues there were last time; when that was too few of one, more are read, and it is picked anew.
 */
export function claimReads(database: Database, fresh: FreshJobs): ClaimReads {
  let queues = 1;

  async function readHeads(now: number, count: number): Promise<readonly ReadyJob[]> {
    return database.alone(async (session) => {
      // Both go out together.
      const [, jobs] = await Promise.all([
        session.changes(MAKE_READY, [now, MOST_MADE_READY]),
        session.rows<ReadyJob>(heads(count)),
      ]);
      return jobs;
    });
  }

  async function look(now: number, places: () => FreePlaces): Promise<readonly ReadyJob[]> {
    const { left } = places();
    const count = roundUp(Math.ceil(Math.min(left / 2, (left * JOBS_FOR_PLACE) / queues)));
    fresh.looking();
    const heads = await readHeads(now, count);
    const waiting = byQueue(heads);
    queues = Math.max(waiting.size, 1);
    const { picked, short } = pickFrom(waiting, places(), count);
    fresh.looked(short.size > 0 || picked.length < heads.length);
    if (short.size === 0) return picked;
    const most = roundUp(left);
    const more = byQueue(await readMore(database, [...short], most));
    return pickFrom(new Map([...waiting, ...more]), places(), most).picked;
  }

  return {
    async pick(now, places) {
      if (places().left === 0) return { jobs: [], looked: true };
      const own = fresh.take();
      return own.length > 0
        ? { jobs: pickFrom(byQueue(own), places()).picked, looked: false }
        : { jobs: await look(now, places), looked: true };
    },

    async nextJobAt() {
      return (await database.row<{ at: number | null }>(NEXT_AT))?.at ?? null;
    },
  };
}

/** `short`: queues that were used up although there may be more in them; `count` of each were read, or all. */
function pickFrom(
  waiting: ReadonlyMap<string, readonly ReadyJob[]>,
  places: FreePlaces,
  count = Number.POSITIVE_INFINITY,
) {
  const short = new Set<string>();
  const given = new Map<string, number>();
  const heads = [...waiting.values()].flatMap(([head]) => head ?? []);
  const order = new ClaimOrder<ReadyJob>(heads, places, ({ queue }, wished) => {
    const all = waiting.get(queue) ?? [];
    const from = given.get(queue) ?? 1;
    given.set(queue, from + wished);
    if (from >= all.length && all.length >= count) short.add(queue);
    return all.slice(from, from + wished);
  });
  const picked: ReadyJob[] = [];
  for (let next = order.next(); next !== undefined; next = order.next()) picked.push(next);
  return { picked, short };
}

/** The queues in the order of their best jobs. */
function byQueue(jobs: readonly ReadyJob[]): ReadonlyMap<string, readonly ReadyJob[]> {
  return Map.groupBy(jobs, ({ queue }) => queue);
}

const readMore = (session: Session, queues: readonly string[], count: number): Promise<readonly ReadyJob[]> =>
  session.rows<ReadyJob>(more(count), [queues]);

/** The next power of two: so there are few different statements. */
const roundUp = (count: number): number => 2 ** Math.ceil(Math.log2(count));

const READY_JOB = 'id, project_id, project, task, priority, run_at, queue';

/** The best ready jobs of each queue in `queues (name)`. A limit that the planner knows makes it read them in the index's order. */
const best = (count: number): string => `
SELECT best.* FROM queues CROSS JOIN LATERAL (
  SELECT ${READY_JOB} FROM jobs WHERE ready = 1 AND queue = queues.name ORDER BY priority, run_at, id LIMIT ${count}
) AS best ORDER BY priority, run_at, id`;

const heads = (count: number): Prepared => ({
  name: `heads ${count}`,
  text: `
WITH RECURSIVE queues (name) AS (
  (SELECT queue FROM jobs WHERE ready = 1 ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT queue FROM jobs WHERE ready = 1 AND queue > queues.name ORDER BY queue LIMIT 1)
  FROM queues WHERE name IS NOT NULL
)${best(count)}`,
});
const more = (count: number): Prepared => ({
  name: `more ${count}`,
  text: `WITH queues (name) AS (SELECT unnest($1::text[]))${best(count)}`,
});
const MAKE_READY = {
  name: 'make ready',
  text: `UPDATE jobs SET ready = 1 WHERE id IN (
  SELECT id FROM jobs WHERE status = 'queued' AND ready = 0 AND run_at <= $1 ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
};
const NEXT_AT = {
  name: 'next job',
  text: `SELECT least(
  (SELECT min(run_at) FROM jobs WHERE status = 'queued' AND ready = 0),
  (SELECT min(run_at) FROM jobs WHERE status = 'queued' AND ready = 1)) AS at`,
};
