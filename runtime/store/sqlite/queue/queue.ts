import type Database from 'better-sqlite3';
import type { JobFinish, JobRow, JobStore } from '../../job-store.ts';
import type { Commits } from '../database/group-commit.ts';
import type { Logs } from '../logs/logs.ts';
import { JOB_COLUMNS, JOB_PLACES, type JobValues, jobValues } from './job-columns.ts';
import type { JobHistory } from './job-history.ts';

type Queue = Pick<
  JobStore,
  'enqueueJob' | 'countSubJobs' | 'startJob' | 'requeueJob' | 'finishJob' | 'finishQueuedJob'
>;

/** For the verbs that queue a job with something else; only within a transaction. */
export interface QueueWrites {
  enqueue(job: JobRow): void;
}

/**
 * Jobs that are not finished, in the table `jobs`.
 *
 *     enqueueJob -> queued --(due)--> ready -> claimJobs -> running -> finishJob: leaves for the month's table
 *                     ^_____________ requeueJob, takeBackJobs __|
 *
 * `process` names the start of this process: what it says of a job counts while it holds it. `write` writes the rest of what
 * ends with a job.
 */
export function sqliteQueue(
  db: Database.Database,
  commits: Commits,
  {
    history,
    logs,
    write,
  }: {
    readonly history: JobHistory;
    readonly logs: Logs;
    write(finish: Pick<JobFinish, 'logs' | 'ledger' | 'hook'>): void;
  },
  process: string,
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
    `INSERT INTO jobs (${JOB_COLUMNS}, ready, process, lease_until) VALUES (${JOB_PLACES}, 0, ?, ?)`,
  );
  const requeue = db.prepare<[number, number, string, number, string, number | null]>(
    `UPDATE jobs SET status = 'queued', overall = 'queued', run_at = ?, attempt = max(0, attempt - ?), ready = 0,
       started_at = NULL, lease_until = NULL, process = NULL
     WHERE id = ? AND status = 'running' AND attempt = ? AND process = ? AND started_at = ?`,
  );
  const leaveRunning = db.prepare<[string, number, string, number | null]>(
    "DELETE FROM jobs WHERE id = ? AND status = 'running' AND attempt = ? AND process = ? AND started_at = ?",
  );
  const leaveQueued = db.prepare<[string, number]>(
    "DELETE FROM jobs WHERE id = ? AND status = 'queued' AND attempt = ?",
  );
  const unfinished = db.prepare<[string]>('SELECT 1 FROM jobs WHERE id = ?');

  function enqueue(job: JobRow): void {
    insert.run(...jobValues(job), isReady(job));
  }

  /** `left`: the job is out of the unfinished ones, or was never among them. */
  function finish(ended: JobFinish, left: boolean): boolean {
    if (!left || !history.finish(ended.job)) return false;
    for (const job of ended.subJobs ?? []) enqueueOnce.run(...jobValues(job), isReady(job));
    write(ended);
    return true;
  }

  function leavesRunning(job: JobRow): boolean {
    const { id, attempt, started_at } = job;
    if (leaveRunning.run(id, attempt, process, started_at).changes > 0) return true;
    const mayBeNew = job.trigger_type === 'webhook' && job.parent_id === null;
    return mayBeNew && unfinished.get(id) === undefined;
  }

  return {
    enqueue,

    enqueueJob: (job) => commits.write(() => enqueue(job)),

    async countSubJobs(projectId, most) {
      return subJobs.get(projectId, most) ?? 0;
    },

    startJob(job, lines, leaseUntil) {
      return commits.write(() => {
        start.run(...jobValues(job), process, leaseUntil);
        logs.append(lines);
      });
    },

    requeueJob({ job, runAt, uncounted, logs: lines }) {
      return commits.write(() => {
        const { id, attempt, started_at } = job;
        const { changes } = requeue.run(runAt, uncounted ? 1 : 0, id, attempt, process, started_at);
        if (changes > 0) logs.append(lines);
        return changes > 0;
      });
    },

    finishJob: (ended) => commits.write(() => finish(ended, leavesRunning(ended.job))),

    finishQueuedJob: (ended) =>
      commits.write(() => {
        const { id, attempt } = ended.job;
        return finish(ended, leaveQueued.run(id, attempt).changes > 0);
      }),
  };
}

const isReady = ({ run_at, created_at }: JobRow): 0 | 1 => (run_at <= created_at ? 1 : 0);
