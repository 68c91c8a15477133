import type { LineWords } from '../../rules/log-conditions.ts';
import { folded } from '../../text.ts';
import { containsSql } from '../database/contains-sql.ts';

/** SQL for the status of the job of a line, within a query over lines; null when there is none. */
export const STATUS_OF_JOB =
  'coalesce((SELECT status FROM jobs WHERE jobs.id = job), (SELECT status FROM finished_jobs WHERE finished_jobs.id = job))';

export const lineWords: LineWords = {
  contain: (q) => containsSql('message', folded(q)),
  haveStatus(status) {
    // Most jobs are done. The others are few, and found through an index.
    if (status === 'done') return { sql: `${STATUS_OF_JOB} = ?`, values: [status] };
    const unfinished = 'SELECT id FROM jobs WHERE status = ?';
    const ended = "SELECT id FROM finished_jobs WHERE status = ? AND status <> 'done'";
    return status === 'queued' || status === 'running'
      ? { sql: `job IN (${unfinished})`, values: [status] }
      : { sql: `job IN (${unfinished} UNION ALL ${ended})`, values: [status, status] };
  },
};
