import type Database from 'better-sqlite3';
import { LOG_LEVELS } from '../../words.ts';
import type { LogRow, LogStore, LogWrite } from '../log-store.ts';
import { monthOf } from '../months.ts';
import { validOrNull, validText } from '../text.ts';
import type { Commits } from './group-commit.ts';
import { LOG_COLUMNS } from './log-columns.ts';
import type { LogWatch } from './log-watch.ts';
import { logsTable } from './partition-tables.ts';
import { partitions } from './partitions.ts';

/** Log lines, for the verbs that write them with something else; only within a transaction. */
export interface Logs {
  append(lines: readonly LogWrite[]): void;
  deleteProject(projectId: string, slug: string): void;
}

/** Writes log lines, split by month. */
export function sqliteLogs(
  db: Database.Database,
  commits: Commits,
  watch: LogWatch,
): Logs & Pick<LogStore, 'appendLogs'> {
  const months = partitions(db, commits, 'logs', logsTable, (table) =>
    db.prepare<(string | number | null)[]>(
      `INSERT INTO ${table} (${LOG_COLUMNS}, project_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
  };
}

function newestId(db: Database.Database, table: string): number {
  return db.prepare<[], number | null>(`SELECT max(id) FROM ${table}`).pluck().get() ?? 0;
}
