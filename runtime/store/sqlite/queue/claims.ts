import type Database from 'better-sqlite3';
import type { FreePlaces, JobRow, JobStore, QueuedJob } from '../../job-store.ts';
import { ClaimOrder } from '../../rules/claim-order.ts';
import type { Commits } from '../database/group-commit.ts';
import { JOB_COLUMNS } from './job-columns.ts';

/** A job that is due, by what a claim has to know of it. */
interface ReadyJob extends QueuedJob {
  readonly rowid: number;
  readonly queue: string;
}

/** Jobs that fall due are made ready so many at a time: a million may do so at one moment. */
const MOST_MADE_READY = 1000;

const READY_JOB = 'rowid, id, project_id, project, task, priority, run_at, queue';

/** Claims: from each task's queue its best job is found by one seek, however many wait behind it; of those, the best. */
export function sqliteClaims(
  db: Database.Database,
  commits: Commits,
  process: string,
): Pick<JobStore, 'claimJobs' | 'nextJobAt'> {
  const makeReady = db.prepare<[number, number]>(
    `UPDATE jobs SET ready = 1 WHERE id IN (
       SELECT id FROM jobs WHERE status = 'queued' AND ready = 0 AND run_at <= ? ORDER BY run_at LIMIT ?)`,
  );
  const heads = db.prepare<[], ReadyJob>(HEADS);
  const firstOf = db.prepare<[string, number], ReadyJob>(
    `SELECT ${READY_JOB} FROM jobs WHERE ready = 1 AND queue = ? ORDER BY priority, run_at, id LIMIT ?`,
  );
  const claim = db.prepare<[number, number, string, number], JobRow>(
    `UPDATE jobs SET status = 'running', overall = 'running', attempt = attempt + 1, ready = 0,
       started_at = ?, lease_until = ?, process = ?
     WHERE rowid = ? RETURNING ${JOB_COLUMNS}`,
  );
  const nextAt = db
    .prepare<[], number | null>(
      `SELECT min(at) FROM (
         SELECT min(run_at) AS at FROM jobs WHERE status = 'queued' AND ready = 0
         UNION ALL
         SELECT min(run_at) AS at FROM jobs WHERE status = 'queued' AND ready = 1)`,
    )
    .pluck();

  function claimDue(now: number, leaseUntil: number, places: FreePlaces): readonly JobRow[] {
    makeReady.run(now, MOST_MADE_READY);
    const order = new ClaimOrder(heads.all(), places, ({ queue }, count) => firstOf.all(queue, count));
    const claimed: JobRow[] = [];
    for (let next = order.next(); next !== undefined; next = order.next()) {
      const job = claim.get(now, leaseUntil, process, next.rowid);
      if (job !== undefined) claimed.push(Object.freeze(job));
    }
    return claimed;
  }

  return {
    claimJobs: ({ now, leaseUntil, places }) =>
      commits.write(() => ({ jobs: claimDue(now, leaseUntil, places()), more: false, lost: false })),

    async nextJobAt() {
      return nextAt.get() ?? null;
    },
  };
}

/** The best ready job of each queue: two seeks in one index for each, and its row. */
const HEADS = `
WITH RECURSIVE
  queues (name) AS (
    SELECT min(queue) FROM jobs WHERE ready = 1
    UNION ALL
    SELECT (SELECT min(queue) FROM jobs WHERE ready = 1 AND queue > queues.name) FROM queues WHERE name IS NOT NULL
  ),
  heads (head) AS (
    SELECT (SELECT rowid FROM jobs WHERE ready = 1 AND queue = queues.name ORDER BY priority, run_at, id LIMIT 1)
    FROM queues WHERE name IS NOT NULL
  )
SELECT ${READY_JOB} FROM heads CROSS JOIN jobs ON jobs.rowid = heads.head ORDER BY priority, run_at, id`;
