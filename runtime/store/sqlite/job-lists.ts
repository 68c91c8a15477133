import type Database from 'better-sqlite3';
import { firstUuidAt, timeOfUuid } from '../../ids.ts';
import type { JobFilter, JobRow } from '../job-store.ts';
import { boundingMonth } from '../months.ts';
import type { Page, PageRequest } from '../page.ts';
import { JOB_COLUMNS } from './job-columns.ts';
import { monthTables } from './month-tables.ts';
import { badCursor, pageOf } from './pages.ts';
import { allOf, type Condition, type SqlValue, when } from './where.ts';

const HOUR = 3_600_000;

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

/**
 * The rows that fit, and the months in which they can be. `from` and `to` are compared with `created_at`; for a range of
 * times to be a range of ids too, a job's id is taken to be made within an hour of that.
 */
function rangeOf(filter: JobFilter, after: string | undefined, afterTime: number | undefined) {
  const from = filter.from === undefined ? undefined : filter.from - HOUR;
  const to = filter.to === undefined ? undefined : filter.to + HOUR;
  const where = allOf(
    when(filter.project, 'project = ?'),
    when(filter.task, 'task = ?'),
    when(filter.trigger, '"trigger" = ?'),
    // Said twice, so that SQLite sees that the index without the jobs that are done will do.
    when(filter.status, filter.status === 'done' ? 'status = ?' : "status = ? AND status <> 'done'"),
    when(filter.from, 'created_at >= ?'),
    when(filter.to, 'created_at < ?'),
    when(from === undefined ? undefined : firstUuidAt(from), 'id >= ?'),
    when(to === undefined ? undefined : firstUuidAt(to), 'id < ?'),
    when(after, 'id < ?'),
  );
  const newest = Math.min(to ?? Number.POSITIVE_INFINITY, afterTime ?? Number.POSITIVE_INFINITY);
  return {
    where,
    first: boundingMonth(from),
    last: boundingMonth(newest === Number.POSITIVE_INFINITY ? undefined : newest),
  };
}
