import { firstUuidAt } from '../../../ids.ts';
import type { JobStatus } from '../../../words.ts';
import { startOfMonth } from '../../months.ts';
import type { Condition } from '../../rules/where.ts';

/**
 * Jobs as lines see them: those that have not ended are in `jobs`, the others in the table of the month in which they were
 * made, which their id tells. `jobMonths` are the months that have such a table, newest first.
 */

/** SQL for the status of the job of a line, within a query over lines; null when there is none. */
export function statusOfJob(jobMonths: readonly string[]): string {
  const ended = jobMonths.map(
    (month) =>
      `WHEN job >= '${firstUuidAt(startOfMonth(month))}' THEN (SELECT status FROM jobs_${month} WHERE id = job)`,
  );
  const unfinished = '(SELECT status FROM jobs WHERE id = job)';
  return ended.length === 0 ? unfinished : `ifnull(${unfinished}, CASE ${ended.join(' ')} END)`;
}

/** Lines whose job has this status. */
export function haveStatus(status: JobStatus, jobMonths: readonly string[]): Condition {
  // Most jobs are done. The others are few, and found through an index.
  if (status === 'done') return { sql: `${statusOfJob(jobMonths)} = ?`, values: [status] };
  const isUnfinished = status === 'queued' || status === 'running';
  const tables = isUnfinished ? [] : jobMonths.map((month) => `jobs_${month}`);
  const selects = [
    'SELECT id FROM jobs WHERE status = ?',
    ...tables.map((table) => `SELECT id FROM ${table} WHERE status = ? AND status <> 'done'`),
  ];
  return { sql: `job IN (${selects.join(' UNION ALL ')})`, values: selects.map(() => status) };
}
