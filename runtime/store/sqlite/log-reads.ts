import type Database from 'better-sqlite3';
import type { LogLevel } from '../../../sandbox/types.ts';
import { LOG_LEVELS } from '../../words.ts';
import type { LogFilter, LogRow } from '../log-store.ts';
import { boundingMonth } from '../months.ts';
import type { Page, PageRequest } from '../page.ts';
import { folded, validText } from '../text.ts';
import { LOG_COLUMNS } from './log-columns.ts';
import { monthTables } from './month-tables.ts';
import { beforePlace, monthlyPage, parsePlace } from './pages.ts';
import { allOf, type Condition, type SqlValue, when } from './where.ts';

type StoredLine = Omit<LogRow, 'level'> & { readonly level: number };

/** Reads of log lines. */
export function logReads(db: Database.Database) {
  const months = monthTables(db, 'logs');

  return {
    /** Newest first by `at`, those of one millisecond by id. Throws an `AppError` for a cursor that is none. */
    listLogs(filter: LogFilter, { limit, after }: PageRequest): Page<LogRow> {
      const place = parsePlace(after);
      const where = allOf(conditionsOf(filter), beforePlace(place, 'id'));
      const bounds = { first: boundingMonth(filter.from), last: boundingMonth(filter.to) };
      return monthlyPage(months.months(bounds), limit, place, (month, rows) =>
        db
          .prepare<SqlValue[], StoredLine>(
            `SELECT ${LOG_COLUMNS} FROM ${months.table(month)} WHERE ${where.sql} ORDER BY at DESC, id DESC LIMIT ?`,
          )
          .all(...where.values, rows)
          .map((line) => ({ number: line.id, row: readLine(line) })),
      );
    },
  };
}

function readLine(line: StoredLine): LogRow {
  return Object.freeze({ ...line, level: LOG_LEVELS[line.level] ?? 'info' });
}

function conditionsOf(filter: LogFilter): Condition {
  const rank = (level: LogLevel | undefined): number | undefined =>
    level === undefined ? undefined : LOG_LEVELS.indexOf(level);
  return allOf(
    when(filter.project, 'project = ?'),
    when(filter.task, 'task = ?'),
    when(filter.trigger, '"trigger" = ?'),
    when(filter.job, 'job = ?'),
    when(rank(filter.level), 'level = ?'),
    when(rank(filter.min_level), 'level >= ?'),
    when(filter.from, 'at >= ?'),
    when(filter.to, 'at < ?'),
    when(filter.q === undefined ? undefined : folded(validText(filter.q)), 'instr(folded(message), ?) > 0'),
  );
}
