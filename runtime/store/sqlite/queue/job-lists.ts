import type Database from 'better-sqlite3';
import { timeOfUuid } from '../../../ids.ts';
import type { JobFilter, JobRow } from '../../job-store.ts';
import { boundingMonth } from '../../months.ts';
import type { Page, PageRequest } from '../../page.ts';
import { idTimes, jobConditions } from '../../rules/job-conditions.ts';
import { badCursor, pageOf } from '../../rules/pages.ts';
import type { Condition, SqlValue } from '../../rules/where.ts';
import { monthTables } from '../schema/month-tables.ts';
import { JOB_COLUMNS } from './job-columns.ts';

/** Lists of jobs: the unfinished ones, and those of the months in which the others can be. */
export function jobLists(db: Database.Database) {
  const months = monthTables(db, 'jobs');

  const listIn = (table: string, where: Condition, limit: number): readonly JobRow[] =>
    db
      .prepare<SqlValue[], JobRow>(
        `SELECT ${JOB_COLUMNS} FROM ${table} WHERE ${where.sql} ORDER BY id DESC LIMIT ?`,
      )
      .all(...where.values, limit);

  function listFinished(tables: readonly string[], where: Condition, limit: number): readonly JobRow[] {
    const found: JobRow[] = [];
    for (const table of tables) {
      found.push(...listIn(table, where, limit - found.length));
      if (found.length === limit) break;
    }
    return found;
  }

  return {
    /** Newest first. Throws an `AppError` for a cursor that is none. */
    listJobs(filter: JobFilter, { limit, after }: PageRequest): Page<JobRow> {
      const afterTime = after === undefined ? undefined : timeOfUuid(after);
      if (after !== undefined && afterTime === undefined) throw badCursor(after);
      const { where, first, last } = rangeOf(filter, after, afterTime);
      const isUnfinished = filter.status === 'queued' || filter.status === 'running';
      const isFinished = filter.status !== undefined && !isUnfinished;
      const tables = isUnfinished ? [] : months.months({ first, last }).map(months.table);
      const rows = [
        ...(isFinished ? [] : listIn('jobs', where, limit + 1)),
        ...listFinished(tables, where, limit + 1),
      ];
      rows.sort((a, b) => (a.id < b.id ? 1 : -1));
      for (const row of rows) Object.freeze(row);
      return pageOf(rows, limit, ({ id }) => id);
    },
  };
}

/** The rows that fit, and the months in which they can be. */
function rangeOf(filter: JobFilter, after: string | undefined, afterTime: number | undefined) {
  const { from, to } = idTimes(filter);
  const newest = Math.min(to ?? Number.POSITIVE_INFINITY, afterTime ?? Number.POSITIVE_INFINITY);
  return {
    where: jobConditions(filter, after),
    first: boundingMonth(from),
    last: boundingMonth(newest === Number.POSITIVE_INFINITY ? undefined : newest),
  };
}
