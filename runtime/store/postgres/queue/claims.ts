import { setTimeout } from 'node:timers/promises';
import type { Claimed, FreePlaces, JobRow, JobStore } from '../../job-store.ts';
import type { Database } from '../database/database.ts';
import { isDuplicate } from '../database/store-errors.ts';
import { type ClaimReads, claimReads, type ReadyJob } from './claim-reads.ts';
import type { FreshJobs } from './fresh-jobs.ts';
import { jobColumnsOf } from './job-columns.ts';

export interface ClaimsOptions {
  readonly database: Database;
  /** Names this start of the process. */
  readonly process: string;
  readonly fresh: FreshJobs;
}

/** A claim that others were quicker than is tried again so often. */
const MOST_TRIES = 5;
/** Between two tries, at most, in milliseconds: two that try at once do not go on doing so. */
const LONGEST_PAUSE_MS = 4;

/**
 * Claims: what there is is read without locks, picked in memory, and taken by one statement, which leaves out what others have taken
 * meanwhile. Each job gets a slot of its queue below its task's limit; that no two have the same one keeps the limit, whoever
 * claims.
 */
export function postgresClaims({
  database,
  process,
  fresh,
}: ClaimsOptions): Pick<JobStore, 'claimJobs' | 'nextJobAt'> {
  const reads: ClaimReads = claimReads(database, fresh);
  let turn: Promise<unknown> = Promise.resolve();

  async function take(
    picked: readonly LimitedJob[],
    now: number,
    leaseUntil: number,
  ): Promise<readonly JobRow[]> {
    const ids = picked.map(({ id }) => id);
    try {
      const rows = await database.rows<JobRow>(CLAIM, [
        ids,
        picked.map(({ queue }) => queue),
        picked.map(({ most }) => most),
        now,
        leaseUntil,
        process,
      ]);
      return inOrder(rows, ids);
    } catch (error) {
      // Somebody has taken a slot since the statement began.
      if (isDuplicate(error)) return [];
      throw error;
    }
  }

  /** Adds to `claimed` what can be had at the moment. `again`: others have taken some of what was there. */
  async function claimMore(
    claimed: JobRow[],
    { now, leaseUntil, places }: Claim,
  ): Promise<{ readonly again: boolean; readonly looked: boolean }> {
    const free = (): FreePlaces => {
      const left = places();
      for (const job of claimed) left.take(job);
      return left;
    };
    const limits = free();
    const { jobs, looked } = await reads.pick(now, free);
    if (jobs.length === 0) return { again: false, looked };
    const picked = jobs.map((job) => ({ ...job, most: mostOf(job, limits) }));
    const got = await take(picked, now, leaseUntil);
    claimed.push(...got);
    return { again: got.length < picked.length, looked };
  }

  async function claim(wanted: Claim): Promise<Claimed> {
    const jobs: JobRow[] = [];
    let [more, lost] = [false, false];
    try {
      for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
        const { again, looked } = await claimMore(jobs, wanted);
        more = !looked;
        if (!again) break;
        await setTimeout(Math.random() * LONGEST_PAUSE_MS);
      }
    } catch (error) {
      // What was claimed before runs: nobody else would know of it.
      if (jobs.length === 0) throw error;
      lost = true;
    }
    return { jobs, more, lost };
  }

  return {
    // One claim after the other: each sees what the one before it has left.
    claimJobs(wanted) {
      const claimed = turn.then(() => claim(wanted));
      turn = claimed.catch(() => {});
      return claimed;
    },
    nextJobAt: reads.nextJobAt,
  };
}

type Claim = Parameters<JobStore['claimJobs']>[0];

/** `most` of its task may run at once. */
interface LimitedJob extends ReadyJob {
  readonly most: number;
}

const NO_LIMIT = 2 ** 31;
const mostOf = (job: ReadyJob, places: FreePlaces): number => Math.min(places.mostOf(job), NO_LIMIT);

function inOrder(rows: readonly JobRow[], ids: readonly string[]): readonly JobRow[] {
  const places = new Map(ids.map((id, index) => [id, index]));
  return rows
    .map((row) => Object.freeze(row))
    .toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

/**
 * The commit does not wait for the disk: the job's end, which comes later, does, and whatever is on disk has all before it there too. A claim
 * that a crash of the database undoes leaves its job queued, and what the process says of it then does not count.
 *
 * Takes of each queue as many as its limit leaves. The lock of a queue is not waited for: who does not get it takes nothing from that
 * queue now, and nobody waits for rows of another's claim. It is no more than a courtesy: the index on slots is what keeps the limit,
 * and who finds a job taken when it comes to it leaves it out.
 *
 * The jobs are found by their ids alone: a plan that was made while the queue was short would read all that wait (`ready + 0` keeps it from
 * their index).
 */
const CLAIM = {
  name: 'claim',
  text: `
WITH wanted AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS wanted(id, queue, most, place)
), held AS MATERIALIZED (
  SELECT queue, most, wished, ARRAY(SELECT slot FROM jobs WHERE jobs.queue = each.queue AND slot IS NOT NULL) AS slots
  FROM (SELECT queue, max(most) AS most, count(*) AS wished FROM wanted GROUP BY queue) AS each,
    (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
  WHERE pg_try_advisory_xact_lock(hashtextextended('sluice queue ' || queue, 0))
), free AS MATERIALIZED (
  SELECT queue, ARRAY(
    SELECT number FROM generate_series(1, least(most, wished + cardinality(slots))) AS number
    WHERE number <> ALL(slots) ORDER BY number LIMIT greatest(0, least(wished, most - cardinality(slots)))
  ) AS slots FROM held
), taken AS MATERIALIZED (
  SELECT wanted.id, slots[row_number() OVER (PARTITION BY queue ORDER BY place)] AS slot FROM wanted JOIN free USING (queue)
)
UPDATE jobs SET status = 'running', overall = 'running', attempt = attempt + 1, ready = 0, started_at = $4, lease_until = $5, process = $6,
  slot = taken.slot
FROM taken
WHERE jobs.id = ANY($1::text[]) AND jobs.id = taken.id AND jobs.ready + 0 = 1 AND taken.slot IS NOT NULL
RETURNING ${jobColumnsOf('jobs')}`,
};
