import type Database from 'better-sqlite3';
import { LOG_LEVELS } from '../../words.ts';
import type { LogFilter, LogRow } from '../log-store.ts';
import { boundingMonth } from '../months.ts';
import type { Page, PageRequest } from '../page.ts';
import { lineConditions } from './log-conditions.ts';
import { beforePlace, monthlyPage, parsePlace } from './pages.ts';
import { readMonths } from './read-months.ts';
import { inSnapshot } from './snapshot.ts';
import { allOf, type SqlValue } from './where.ts';

type StoredLine = Omit<LogRow, 'level'> & { readonly level: number };

const COLUMNS = 'id, at, level, message, project, task, "trigger", job, name';

/** A page of lines, newest first. The connection may be one that only reads; it needs `folded`. */
export function readLogs(
  db: Database.Database,
  filter: LogFilter,
  { limit, after }: PageRequest,
): Page<LogRow> {
  const place = parsePlace(after);
  const bounds = { first: boundingMonth(filter.from), last: boundingMonth(filter.to) };
  return inSnapshot(db, () => {
    const jobMonths = filter.status === undefined ? [] : readMonths(db, 'jobs');
    const where = allOf(lineConditions(filter, jobMonths), beforePlace(place, 'id'));
    return monthlyPage(readMonths(db, 'logs', bounds), limit, place, (month, rows) =>
      db
        .prepare<SqlValue[], StoredLine>(
          `SELECT ${COLUMNS} FROM logs_${month} WHERE ${where.sql} ORDER BY at DESC, id DESC LIMIT ?`,
        )
        .all(...where.values, rows)
        .map((line) => ({ number: line.id, row: readLine(line) })),
    );
  });
}

function readLine(line: StoredLine): LogRow {
  return Object.freeze({ ...line, level: LOG_LEVELS[line.level] ?? 'info' });
}
