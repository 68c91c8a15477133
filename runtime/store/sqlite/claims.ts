import type Database from 'better-sqlite3';
import type { FreePlaces, JobRow, JobStore, QueuedJob } from '../job-store.ts';
import type { Commits } from './group-commit.ts';
import { JOB_COLUMNS } from './job-columns.ts';

/** The best ready job of one task's queue. */
interface Head extends QueuedJob {
  readonly queue: string;
}

/** Jobs that fall due are made ready so many at a time: a million may do so at one moment. */
const MOST_MADE_READY = 1000;

const HEAD = 'id, project_id, project, task, priority, run_at, queue';

/** Claims: from each task's queue its best job is found by one seek, however many wait behind it; of those, the best. */
export function sqliteClaims(
  db: Database.Database,
  commits: Commits,
  owner: { readonly holder: string; readonly process: string },
): Pick<JobStore, 'claimJobs' | 'nextJobAt'> {
  const makeReady = db.prepare<[number, number]>(
    `UPDATE jobs SET ready = 1 WHERE id IN (
       SELECT id FROM jobs WHERE status = 'queued' AND ready = 0 AND run_at <= ? ORDER BY run_at LIMIT ?)`,
  );
  const headAfter = db.prepare<[string], Head>(
    `SELECT ${HEAD} FROM jobs WHERE ready = 1 AND queue > ? ORDER BY queue, priority, run_at, id LIMIT 1`,
  );
  const headOf = db.prepare<[string], Head>(
    `SELECT ${HEAD} FROM jobs WHERE ready = 1 AND queue = ? ORDER BY priority, run_at, id LIMIT 1`,
  );
  const claim = db.prepare<[number, string, number, string, string], JobRow>(
    `UPDATE jobs SET status = 'running', overall = 'running', attempt = attempt + 1, ready = 0,
       started_at = ?, holder = ?, lease_until = ?, process = ?
     WHERE id = ? RETURNING ${JOB_COLUMNS}`,
  );
  const nextAt = db
    .prepare<[], number | null>(
      `SELECT min(at) FROM (
         SELECT min(run_at) AS at FROM jobs WHERE status = 'queued' AND ready = 0
         UNION ALL
         SELECT min(run_at) AS at FROM jobs WHERE status = 'queued' AND ready = 1)`,
    )
    .pluck();

  function heads(places: FreePlaces): Head[] {
    const found: Head[] = [];
    for (let head = headAfter.get(''); head !== undefined; head = headAfter.get(head.queue)) {
      if (places.mayStart(head)) found.push(head);
    }
    return found;
  }

  function claimDue(now: number, leaseUntil: number, places: FreePlaces): readonly JobRow[] {
    makeReady.run(now, MOST_MADE_READY);
    const claimed: JobRow[] = [];
    const waiting = places.left > 0 ? heads(places) : [];
    while (places.left > 0) {
      const at = bestOf(waiting, places);
      const head = waiting[at];
      if (head === undefined) break;
      const job = claim.get(now, owner.holder, leaseUntil, owner.process, head.id);
      if (job !== undefined) claimed.push(Object.freeze(job));
      places.take(head);
      const next = headOf.get(head.queue);
      waiting.splice(at, 1, ...(next === undefined ? [] : [next]));
    }
    return claimed;
  }

  return {
    claimJobs: ({ now, leaseUntil, places }) => commits.write(() => claimDue(now, leaseUntil, places())),

    async nextJobAt() {
      return nextAt.get() ?? null;
    },
  };
}

/** Index of the head that comes first among those that may start; -1 when none may. */
function bestOf(heads: readonly Head[], places: FreePlaces): number {
  let best = -1;
  let bestHead: Head | undefined;
  let bestHeld = 0;
  for (const [index, head] of heads.entries()) {
    const held = places.heldBy(head.project_id);
    const isBetter =
      bestHead === undefined || held < bestHeld || (held === bestHeld && comesFirst(head, bestHead));
    if (!isBetter || !places.mayStart(head)) continue;
    [best, bestHead, bestHeld] = [index, head, held];
  }
  return best;
}

function comesFirst(one: Head, other: Head): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority;
  if (one.run_at !== other.run_at) return one.run_at < other.run_at;
  return one.id < other.id;
}
