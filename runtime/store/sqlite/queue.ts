import type Database from 'better-sqlite3';
import { placelessError } from '../../../sandbox/job/job-error.ts';
import type { JobRow, JobStore } from '../job-store.ts';
import type { Commits } from './group-commit.ts';
import { JOB_COLUMNS, JOB_PLACES, type JobValues, jobValues } from './job-columns.ts';
import type { JobHistory } from './job-history.ts';
import type { Logs } from './logs.ts';

type Queue = Pick<
  JobStore,
  'enqueueJob' | 'countSubJobs' | 'claimJob' | 'nextJobAt' | 'startJob' | 'requeueJob' | 'takeBackJobs'
>;

/** For the verbs that queue a job with something else; only within a transaction. */
export interface QueueWrites {
  enqueue(job: JobRow): void;
  /** Leaves out those whose identity key an unfinished job of their project has. */
  enqueueSubJobs(jobs: readonly JobRow[]): void;
}

/** What a webhook's job ends with when the server died under it. */
const SERVER_DIED = JSON.stringify(
  placelessError(
    'ServerStopped',
    'The server stopped while this job was running. The caller has to call again.',
  ),
);

/**
 * Jobs that are not finished, in the table `jobs`.
 *
 *     enqueueJob -> queued --(due)--> ready -> claimJob -> running -> (finishJob: leaves for the month's table)
 *                     ^_____________ requeueJob, takeBackJobs __|
 *
 * `process` names the start of this process: a job that is running under another one was held by a process that died.
 */
export function sqliteQueue(
  db: Database.Database,
  commits: Commits,
  history: JobHistory,
  logs: Logs,
  owner: { readonly holder: string; readonly process: string },
): Queue & QueueWrites {
  const insert = db.prepare<JobValues>(`INSERT INTO jobs (${JOB_COLUMNS}, ready) VALUES (${JOB_PLACES}, ?)`);
  const enqueueOnce = db.prepare<JobValues>(
    `INSERT INTO jobs (${JOB_COLUMNS}, ready) VALUES (${JOB_PLACES}, ?)
     ON CONFLICT (project_id, identity_key) WHERE identity_key IS NOT NULL DO NOTHING`,
  );
  const subJobs = db
    .prepare<[string, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM jobs WHERE project_id = ? AND parent_id IS NOT NULL LIMIT ?)',
    )
    .pluck();
  const start = db.prepare<JobValues>(
    `INSERT OR REPLACE INTO jobs (${JOB_COLUMNS}, ready, holder, process) VALUES (${JOB_PLACES}, 0, ?, ?)`,
  );
  const markReady = db.prepare<[number]>(
    "UPDATE jobs SET ready = 1 WHERE status = 'queued' AND ready = 0 AND run_at <= ?",
  );
  const bestReady = db.prepare<[{ full: string; held: string; now: number }], string>(BEST_READY).pluck();
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
  const requeue = db.prepare<[number, number, string]>(
    `UPDATE jobs SET status = 'queued', overall = 'queued', run_at = ?, attempt = max(0, attempt - ?), ready = 0,
       started_at = NULL, holder = NULL, lease_until = NULL, process = NULL
     WHERE id = ? AND status = 'running'`,
  );
  const orphans = db.prepare<[string], JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs WHERE status = 'running' AND process IS NOT ? ORDER BY id`,
  );

  function takeBack(now: number): readonly string[] {
    const given: string[] = [];
    for (const job of orphans.all(owner.process)) {
      if (job.trigger_type === 'webhook' && job.parent_id === null) {
        history.finish({
          ...job,
          status: 'crashed',
          overall: 'crashed',
          finished_at: now,
          error: SERVER_DIED,
          input_whole: 0,
        });
      } else {
        requeue.run(job.run_at, 1, job.id);
        given.push(job.id);
      }
    }
    return given;
  }

  function enqueue(job: JobRow): void {
    insert.run(...jobValues(job), isReady(job));
  }

  return {
    enqueue,

    enqueueJob: (job) => commits.write(() => enqueue(job)),

    enqueueSubJobs(jobs) {
      for (const job of jobs) enqueueOnce.run(...jobValues(job), isReady(job));
    },

    async countSubJobs(projectId, most) {
      return subJobs.get(projectId, most) ?? 0;
    },

    claimJob({ holder, now, leaseUntil, full, held }) {
      const fullTasks = JSON.stringify(full.map(({ project_id, task }) => `${project_id}/${task}`));
      const projects = JSON.stringify(held);
      return commits.write(() => {
        markReady.run(now);
        const id = bestReady.get({ full: fullTasks, held: projects, now });
        if (id === undefined) return undefined;
        const job = claim.get(now, holder, leaseUntil, owner.process, id);
        return job && Object.freeze(job);
      });
    },

    async nextJobAt() {
      return nextAt.get() ?? null;
    },

    startJob(job, lines) {
      return commits.write(() => {
        start.run(...jobValues(job), owner.holder, owner.process);
        logs.append(lines);
      });
    },

    requeueJob(id, runAt, uncounted) {
      return commits.write(() => {
        requeue.run(runAt, uncounted ? 1 : 0, id);
      });
    },

    takeBackJobs(now) {
      return commits.write(() => takeBack(now));
    },
  };
}

const isReady = ({ run_at, created_at }: JobRow): 0 | 1 => (run_at <= created_at ? 1 : 0);

/** The head of each task's queue that is not full, found by one seek per queue; the best of them. */
const BEST_READY = `
WITH RECURSIVE
  queues (name) AS (
    SELECT min(lane) FROM jobs WHERE ready = 1
    UNION ALL
    SELECT (SELECT min(lane) FROM jobs WHERE ready = 1 AND lane > queues.name) FROM queues WHERE name IS NOT NULL
  ),
  heads (id) AS (
    SELECT (SELECT id FROM jobs WHERE ready = 1 AND lane = queues.name AND run_at <= @now
            ORDER BY priority, run_at, id LIMIT 1)
    FROM queues
    WHERE name IS NOT NULL AND name NOT IN (SELECT value FROM json_each(@full))
  ),
  held (project_id, jobs, is_full) AS (
    SELECT value ->> 'project_id', value ->> 'jobs', value ->> 'full' FROM json_each(@held)
  )
SELECT jobs.id FROM heads
JOIN jobs ON jobs.id = heads.id
LEFT JOIN held ON held.project_id = jobs.project_id
WHERE held.is_full IS NOT 1
ORDER BY ifnull(held.jobs, 0), jobs.priority, jobs.run_at, jobs.id LIMIT 1`;
