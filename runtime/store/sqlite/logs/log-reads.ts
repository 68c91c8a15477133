import type Database from 'better-sqlite3';
import type { LogFilter, LogGroup, LogGrouping, LogRow } from '../../log-store.ts';
import { boundingMonth } from '../../months.ts';
import type { Page, PageRequest } from '../../page.ts';
import type { LargestLogs, LogMonths } from '../../retention-store.ts';
import { lineConditions } from '../../rules/log-conditions.ts';
import { type NumberedLine, readLine } from '../../rules/log-lines.ts';
import { beforePlace, monthlyPage, parsePlace } from '../../rules/pages.ts';
import { allOf, type SqlValue } from '../../rules/where.ts';
import { inSnapshot } from '../database/snapshot.ts';
import { readMonths } from '../schema/month-tables.ts';
import { LOG_COLUMNS } from './log-columns.ts';
import { lineWords } from './log-conditions.ts';
import { readLogGroups } from './log-groups.ts';

/** Reads of log lines. The connection may be one that only reads; it needs `folded`. */
export const logReads = (db: Database.Database) => ({
  /** Newest first by `at`, those of one millisecond by id. Throws an `AppError` for a cursor that is none. */
  listLogs(filter: LogFilter, { limit, after }: PageRequest): Page<LogRow> {
    const place = parsePlace(after);
    const bounds = { first: boundingMonth(filter.from), last: boundingMonth(filter.to) };
    return inSnapshot(db, () => {
      const jobMonths = filter.status === undefined ? [] : readMonths(db, 'jobs');
      const where = allOf(lineConditions(filter, lineWords(jobMonths)), beforePlace(place, 'id'));
      return monthlyPage(readMonths(db, 'logs', bounds), limit, place, (month, rows) =>
        db
          .prepare<SqlValue[], NumberedLine>(
            `SELECT ${LOG_COLUMNS} FROM logs_${month} WHERE ${where.sql} ORDER BY at DESC, id DESC LIMIT ?`,
          )
          .all(...where.values, rows)
          .map((line) => ({ number: line.id, row: readLine(line) })),
      );
    });
  },

  groupLogs: (filter: LogFilter, by: LogGrouping): { readonly groups: readonly LogGroup[] } =>
    readLogGroups(db, filter, by),

  largestLogs(months: LogMonths, { limit }: { readonly limit: number }): readonly LargestLogs[] {
    const tables = readMonths(db, 'log_hours', months).map((month) => `log_hours_${month}`);
    if (tables.length === 0) return [];
    const rows = tables.map((table) => `SELECT project, bytes, hour FROM ${table}`).join(' UNION ALL ');
    return db
      .prepare<[number], LargestLogs>(
        `SELECT project, sum(bytes) AS bytes, min(hour) AS oldest FROM (${rows}) GROUP BY project
         ORDER BY bytes DESC, project LIMIT ?`,
      )
      .all(limit);
  },
});
