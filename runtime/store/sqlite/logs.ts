import type Database from 'better-sqlite3';
import type { LogLevel } from '../../../sandbox/types.ts';
import { LOG_LEVELS } from '../../words.ts';
import type { LogFilter, LogRow, LogStore, LogWrite } from '../log-store.ts';
import { boundingMonth, monthOf } from '../months.ts';
import { folded, validOrNull, validText } from '../text.ts';
import type { Commits } from './group-commit.ts';
import type { LogWatch } from './log-watch.ts';
import { beforePlace, monthlyPage, parsePlace } from './pages.ts';
import { logsTable } from './partition-tables.ts';
import { partitions } from './partitions.ts';
import { allOf, type Condition, type SqlValue, when } from './where.ts';

/** Log lines, for the verbs that write them with something else; only within a transaction. */
export interface Logs {
  append(lines: readonly LogWrite[]): void;
  deleteProject(projectId: string, slug: string): void;
}

type StoredLine = Omit<LogRow, 'level'> & { readonly level: number };

const COLUMNS = 'id, at, level, message, project, task, "trigger", job, name';

/** Log lines, split by month. */
export function sqliteLogs(
  db: Database.Database,
  commits: Commits,
  watch: LogWatch,
): Logs & Pick<LogStore, 'appendLogs' | 'listLogs'> {
  const months = partitions(db, commits, 'logs', logsTable, (table) =>
    db.prepare<(string | number | null)[]>(
      `INSERT INTO ${table} (${COLUMNS}, project_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  );
  // Numbers of lines that were rolled back are not used again.
  let lastId = Math.max(0, ...months.months().map((month) => newestId(db, months.table(month))));

  function appendLine(line: LogWrite): void {
    lastId += 1;
    const row: LogRow = {
      id: lastId,
      at: Math.trunc(line.at),
      level: line.level,
      message: validText(line.message),
      project: validText(line.project),
      task: validOrNull(line.task),
      trigger: validOrNull(line.trigger),
      job: line.job,
      name: validText(line.name),
    };
    months
      .write(monthOf(row.at))
      .run(
        row.id,
        row.at,
        LOG_LEVELS.indexOf(row.level),
        row.message,
        row.project,
        row.task,
        row.trigger,
        row.job,
        row.name,
        line.project_id,
      );
    watch.wrote(row);
  }

  function append(lines: readonly LogWrite[]): void {
    for (const line of lines) appendLine(line);
  }

  return {
    append,

    deleteProject(projectId, slug) {
      for (const table of months.months().map(months.table)) {
        db.prepare<[string, string]>(`DELETE FROM ${table} WHERE project = ? AND project_id = ?`).run(
          slug,
          projectId,
        );
      }
    },

    appendLogs(lines) {
      return commits.write(() => append(lines));
    },

    async listLogs(filter, { limit, after }) {
      const place = parsePlace(after);
      const where = allOf(conditionsOf(filter), beforePlace(place, 'id'));
      const bounds = { first: boundingMonth(filter.from), last: boundingMonth(filter.to) };
      return monthlyPage(months.months(bounds), limit, place, (month, rows) =>
        db
          .prepare<SqlValue[], StoredLine>(
            `SELECT ${COLUMNS} FROM ${months.table(month)} WHERE ${where.sql} ORDER BY at DESC, id DESC LIMIT ?`,
          )
          .all(...where.values, rows)
          .map((line) => ({ number: line.id, row: readLine(line) })),
      );
    },
  };
}

function newestId(db: Database.Database, table: string): number {
  return db.prepare<[], number | null>(`SELECT max(id) FROM ${table}`).pluck().get() ?? 0;
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
