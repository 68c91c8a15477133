import type Database from 'better-sqlite3';
import { placelessError } from '../../../sandbox/job/job-error.ts';
import type { JobRow, JobStore } from '../job-store.ts';
import type { Commits } from './group-commit.ts';
import { JOB_COLUMNS } from './job-columns.ts';
import type { JobHistory } from './job-history.ts';

/** What a webhook's job ends with when the server died under it. */
const SERVER_DIED = JSON.stringify(
  placelessError(
    'ServerStopped',
    'The server stopped while this job was running. The caller has to call again.',
  ),
);

/** A webhook's own job that was not queued: its caller waits, or waited. */
const hasCaller = ({ trigger_type, parent_id, args }: JobRow): boolean =>
  trigger_type === 'webhook' && parent_id === null && args === null;

/** Jobs that run, and what becomes of those whose process is gone. `process` names this one. */
export function sqliteLeases(
  db: Database.Database,
  commits: Commits,
  history: JobHistory,
  process: string,
): Pick<JobStore, 'renewLeases' | 'takeBackJobs' | 'takeBackExpired'> {
  const renew = db.prepare<[number, string]>(
    "UPDATE jobs SET lease_until = ? WHERE status = 'running' AND process = ?",
  );
  const ofOthers = db.prepare<[string], JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs WHERE status = 'running' AND process IS NOT ? ORDER BY id`,
  );
  const expired = db.prepare<[string, number], JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs
     WHERE status = 'running' AND process IS NOT ? AND lease_until <= ? ORDER BY id`,
  );
  const giveBack = db.prepare<[string]>(
    `UPDATE jobs SET status = 'queued', overall = 'queued', attempt = max(0, attempt - 1), ready = 0,
       started_at = NULL, holder = NULL, lease_until = NULL, process = NULL
     WHERE id = ?`,
  );
  const leave = db.prepare<[string]>('DELETE FROM jobs WHERE id = ?');

  function takeBack(jobs: readonly JobRow[], now: number): readonly string[] {
    const given: string[] = [];
    for (const job of jobs) {
      if (hasCaller(job)) {
        leave.run(job.id);
        history.finish({
          ...job,
          status: 'crashed',
          overall: 'crashed',
          finished_at: now,
          error: SERVER_DIED,
          input_whole: 0,
        });
      } else {
        giveBack.run(job.id);
        given.push(job.id);
      }
    }
    return given;
  }

  return {
    renewLeases: (until) =>
      commits.write(() => {
        renew.run(until, process);
      }),
    takeBackJobs: (now) => commits.write(() => takeBack(ofOthers.all(process), now)),
    takeBackExpired: (now) => commits.write(() => takeBack(expired.all(process, now), now)),
  };
}
