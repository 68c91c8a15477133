import type { JobRow } from '../../job-store.ts';
import type { Session } from '../database/session.ts';
import { isUnavailable } from '../database/store-errors.ts';

/** Ends of jobs that may have been stored though their callers were told that the database is lost. */
export interface EndsInDoubt {
  /** Does what ends the job. When it was in doubt before and now does not count, it is looked whether that was because it had counted. */
  around(job: JobRow, end: () => Promise<boolean>): Promise<boolean>;
}

const MOST = 10_000;

export function endsInDoubt(session: Pick<Session, 'row'>): EndsInDoubt {
  const doubts = new Map<string, JobRow>();

  async function isStored(job: JobRow): Promise<boolean> {
    const { id, status, attempt, started_at, finished_at } = job;
    return (await session.row(STORED, [id, status, attempt, started_at, finished_at])) !== undefined;
  }

  return {
    async around(job, end) {
      try {
        const counts = await end();
        const doubted = doubts.get(job.id);
        const isTrue = counts || (doubted !== undefined && (await isStored(doubted)));
        doubts.delete(job.id);
        return isTrue;
      } catch (error) {
        if (isUnavailable(error) && doubts.size < MOST) doubts.set(job.id, doubts.get(job.id) ?? job);
        throw error;
      }
    },
  };
}

/** Another process that ran the same attempt would have started it at another time. */
const STORED = {
  name: 'stored end',
  text: `SELECT 1 FROM finished_jobs WHERE id = $1 AND status = $2 AND attempt = $3
AND started_at IS NOT DISTINCT FROM $4 AND finished_at IS NOT DISTINCT FROM $5`,
};
