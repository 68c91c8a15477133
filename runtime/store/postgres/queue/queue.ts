import type { JobRequeue, JobRow, JobStore } from '../../job-store.ts';
import type { LogWrite } from '../../log-store.ts';
import { batches } from '../database/batches.ts';
import type { Database } from '../database/database.ts';
import type { InFlight } from '../database/in-flight.ts';
import type { LogRows } from '../logs/log-rows.ts';
import type { Commits } from './commits.ts';
import { endsInDoubt } from './ends-in-doubt.ts';
import type { FreshJobs } from './fresh-jobs.ts';
import { JOB_COLUMNS, JOB_FIELDS, jobValues } from './job-columns.ts';
import type { JobEnd, JobEnds } from './job-ends.ts';
import { isDue, type QueueRows } from './queue-rows.ts';

type Queue = Pick<
  JobStore,
  'enqueueJob' | 'countSubJobs' | 'startJob' | 'requeueJob' | 'finishJob' | 'finishQueuedJob'
>;

export interface QueueOptions {
  readonly database: Database;
  readonly commits: Commits;
  readonly ends: JobEnds;
  readonly queue: QueueRows;
  readonly logs: LogRows;
  /** Names this start of the process. */
  readonly process: string;
  readonly calls: InFlight;
  readonly fresh: FreshJobs;
}

interface Start {
  readonly job: JobRow;
  readonly logs: readonly LogWrite[];
  readonly leaseUntil: number;
}

const MOST = 256;

/**
 * Jobs that are not finished, in the table `jobs`; the states are those of the SQLite store. Calls of one kind that come while others
 * are under way are written together.
 */
export function postgresQueue(options: QueueOptions): Queue {
  const { database, commits, ends, queue, calls, fresh } = options;
  const doubts = endsInDoubt(database);
  const enqueues = batches<JobRow, void>({
    most: MOST,
    parallel: 2,
    async write(jobs) {
      await database.alone((session) => queue.enqueue(session, jobs));
      for (const job of jobs) if (isDue(job)) fresh.add(job);
      return [];
    },
  });
  const starts = batches<Start, void>({
    most: MOST,
    parallel: 1,
    async write(all) {
      await start(options, all);
      return [];
    },
  });
  const requeues = batches<JobRequeue, boolean>({
    most: MOST,
    parallel: 1,
    write: (all) => requeue(options, all),
    keysOf: ({ job }) => [job.id],
  });
  /** What is said of a job while it is being written that it runs has to wait for that. */
  const starting = new Map<string, Promise<void>>();

  async function end(ended: JobEnd): Promise<boolean> {
    const { job, ledger } = ended.finish;
    await starting.get(job.id);
    await ends.ready([ended]);
    return doubts.around(job, () => commits.add({ end: ended, rows: ledger }));
  }

  async function begin(one: Start): Promise<void> {
    const { id } = one.job;
    const started = starts.add(one);
    const settled = started.catch(() => {}).finally(() => starting.delete(id));
    starting.set(id, settled);
    await started;
  }

  async function putBack(back: JobRequeue): Promise<boolean> {
    await starting.get(back.job.id);
    return requeues.add(back);
  }

  return {
    enqueueJob: (job) => calls.add(enqueues.add(job)),

    async countSubJobs(projectId, most) {
      const row = await database.row<{ count: number }>(COUNT_SUB_JOBS, [projectId, most]);
      return row?.count ?? 0;
    },

    startJob: (job, logs, leaseUntil) => calls.add(begin({ job, logs, leaseUntil })),
    requeueJob: (back) => calls.add(putBack(back)),
    finishJob: (finish) => calls.add(end({ finish, queued: false })),
    finishQueuedJob: (finish) => calls.add(end({ finish, queued: true })),
  };
}

async function start({ database, logs, process }: QueueOptions, all: readonly Start[]): Promise<void> {
  const jobs = all.map(({ job, leaseUntil }) => ({ ...jobValues(job), lease_until: leaseUntil }));
  await database.transact(async (session) => {
    await Promise.all([
      session.changes(START, [JSON.stringify(jobs), process]),
      logs.append(
        session,
        all.flatMap((each) => each.logs),
      ),
    ]);
  });
}

async function requeue(
  { database, logs, process }: QueueOptions,
  all: readonly JobRequeue[],
): Promise<readonly boolean[]> {
  const jobs = all.map(({ job: { id, attempt, started_at }, runAt, uncounted }) => {
    return { id, attempt, started_at, run_at: runAt, off: uncounted ? 1 : 0 };
  });
  const values = [JSON.stringify(jobs), jobs.map(({ id }) => id), process];
  const isSilent = all.every((each) => each.logs.length === 0);
  const back = await database[isSilent ? 'alone' : 'transact'](async (session) => {
    const rows = await session.rows<{ id: string }>(REQUEUE, values);
    const ids = new Set(rows.map(({ id }) => id));
    const lines = all.filter(({ job }) => ids.has(job.id)).flatMap((each) => each.logs);
    await logs.append(session, lines);
    return ids;
  });
  return all.map(({ job }) => back.has(job.id));
}

const COUNT_SUB_JOBS = {
  name: 'count sub-jobs',
  text: `SELECT count(*) AS count FROM
(SELECT 1 FROM jobs WHERE project_id = $1 AND parent_id IS NOT NULL LIMIT $2) AS counted`,
};
const START = {
  name: 'start',
  text: `INSERT INTO jobs (${JOB_COLUMNS}, ready, process, lease_until)
SELECT ${JOB_COLUMNS}, 0, $2, lease_until FROM json_to_recordset($1) AS job(${JOB_FIELDS}, lease_until bigint)`,
};
const REQUEUE = {
  name: 'requeue',
  text: `UPDATE jobs SET status = 'queued', overall = 'queued', run_at = back.run_at, attempt = greatest(0, jobs.attempt - back.off),
  ready = 0, started_at = NULL, lease_until = NULL, process = NULL, slot = NULL
FROM json_to_recordset($1) AS back(id text, attempt bigint, started_at bigint, run_at bigint, off bigint)
WHERE jobs.id = ANY($2::text[]) AND jobs.id = back.id AND jobs.attempt = back.attempt AND jobs.status = 'running' AND jobs.process = $3
  AND jobs.started_at = back.started_at
RETURNING jobs.id`,
};
