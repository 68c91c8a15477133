import type Database from 'better-sqlite3';
import type { JobRow, JobStore } from '../../job-store.ts';
import { crashed, hasCaller } from '../../rules/taken-back.ts';
import type { Commits } from '../database/group-commit.ts';
import { JOB_COLUMNS } from './job-columns.ts';
import type { JobHistory } from './job-history.ts';

/** Jobs that run, and what becomes of those whose process is gone. `process` names this one. */
export function sqliteLeases(
  db: Database.Database,
  commits: Commits,
  history: JobHistory,
  process: string,
): Pick<JobStore, 'renewLeases' | 'takeBackJobs' | 'takeBackExpired' | 'takeBackStrays' | 'lostClaims'> {
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
  const strays = db.prepare<[string, number, string], JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs
     WHERE status = 'running' AND process = ? AND started_at < ? AND id NOT IN (SELECT value FROM json_each(?))
     ORDER BY id`,
  );
  const giveBack = db.prepare<[string]>(
    `UPDATE jobs SET status = 'queued', overall = 'queued', attempt = max(0, attempt - 1), ready = 0,
       started_at = NULL, lease_until = NULL, process = NULL
     WHERE id = ?`,
  );
  const leave = db.prepare<[string]>('DELETE FROM jobs WHERE id = ?');

  const holds = db.prepare<[string, number | null, string]>(
    "SELECT 1 FROM jobs WHERE id = ? AND status = 'running' AND started_at = ? AND process = ?",
  );

  function takeBack(jobs: readonly JobRow[], now: number): readonly string[] {
    const given: string[] = [];
    for (const job of jobs) {
      if (hasCaller(job)) {
        leave.run(job.id);
        history.finish(crashed(job, now));
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
    takeBackStrays: ({ held, startedBefore, now }) =>
      commits.write(() => takeBack(strays.all(process, startedBefore, JSON.stringify(held)), now)),
    async lostClaims(claims) {
      await commits.settled();
      return claims
        .filter(({ id, started_at }) => holds.get(id, started_at, process) === undefined)
        .map(({ id }) => id);
    },
  };
}
