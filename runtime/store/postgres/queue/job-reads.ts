import { firstUuidAt, timeOfUuid } from '../../../ids.ts';
import type { JobRow, JobStore } from '../../job-store.ts';
import { monthOf, startOfMonth } from '../../months.ts';
import { jobConditions } from '../../rules/job-conditions.ts';
import { badCursor, pageOf } from '../../rules/pages.ts';
import { numbered } from '../database/numbered.ts';
import type { Reads } from '../database/reads.ts';
import type { Session } from '../database/session.ts';
import { JOB_COLUMNS } from './job-columns.ts';

/** One job by its id, and lists of jobs: those that are not finished, and those that are. */
export function postgresJobReads(
  session: Pick<Session, 'row'>,
  reads: Reads,
): Pick<JobStore, 'getJob' | 'listJobs'> {
  return {
    async getJob(id) {
      const createdAt = timeOfUuid(id);
      if (createdAt === undefined || createdAt > LAST) return undefined;
      const since = firstUuidAt(startOfMonth(monthOf(createdAt)));
      const job = await session.row<JobRow & { readonly children: readonly string[] }>(GET, [id, since]);
      return job === undefined ? undefined : Object.freeze(job);
    },

    async listJobs(filter, { limit, after }, terms) {
      if (after !== undefined && timeOfUuid(after) === undefined) throw badCursor(after);
      const { sql, values } = jobConditions(filter, after);
      const part = (table: string): string =>
        `(SELECT ${JOB_COLUMNS} FROM ${table} WHERE ${sql} ORDER BY id DESC LIMIT ?)`;
      const isUnfinished = filter.status === 'queued' || filter.status === 'running';
      const isFinished = filter.status !== undefined && !isUnfinished;
      const tables = isUnfinished ? ['jobs'] : isFinished ? ['finished_jobs'] : ['jobs', 'finished_jobs'];
      const rows = await reads.rows<JobRow>(
        numbered(`SELECT * FROM (${tables.map(part).join(' UNION ALL ')}) AS job ORDER BY id DESC LIMIT ?`),
        [...tables.flatMap(() => [...values, limit + 1]), limit + 1],
        terms,
      );
      return pageOf(rows, limit, ({ id }) => id);
    },
  };
}

const LAST = Date.UTC(9999, 11, 31);

/** Of children those are found that were made in the job's month or later. */
const GET = {
  name: 'job',
  text: `SELECT ${JOB_COLUMNS}, ARRAY(
  SELECT id FROM jobs WHERE parent_id = $1
  UNION ALL
  SELECT id FROM finished_jobs WHERE parent_id = $1 AND id >= $2
  ORDER BY 1
) AS children FROM (
  SELECT ${JOB_COLUMNS} FROM jobs WHERE id = $1
  UNION ALL
  SELECT ${JOB_COLUMNS} FROM finished_jobs WHERE id = $1
) AS job`,
};
