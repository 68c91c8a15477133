import type Database from 'better-sqlite3';
import { LOG_LEVELS } from '../../../words.ts';
import type { LogRow, LogStore, LogWrite } from '../../log-store.ts';
import { boundingMonth, monthOf } from '../../months.ts';
import { logsTable } from '../../partition-tables.ts';
import type { CountedLine } from '../../rules/log-tally.ts';
import { validOrNull, validText } from '../../text.ts';
import type { Commits } from '../database/group-commit.ts';
import { partitions } from '../schema/partitions.ts';
import { LOG_COLUMNS } from './log-columns.ts';
import { logHours } from './log-hours.ts';
import type { LogWatch } from './log-watch.ts';

/** Log lines, for the verbs that write them with something else; only within a transaction. */
export interface Logs {
  append(lines: readonly LogWrite[]): void;
  deleteProject(projectId: string, slug: string): void;
  /** Deletes the oldest lines before a time, of one project or of all, at most `limit`; returns how many. */
  deleteOldest(before: number, limit: number, project?: string): number;
  /** Drops the tables of months that have no line and lie before this one. */
  dropEmptyMonths(before: string): void;
}

/** Writes log lines, split by month. */
export function sqliteLogs(
  db: Database.Database,
  commits: Commits,
  watch: LogWatch,
): Logs & Pick<LogStore, 'appendLogs'> {
  const hours = logHours(db, commits);
  const months = partitions(db, commits, 'logs', logsTable, (table) => ({
    insert: db.prepare<(string | number | null)[]>(
      `INSERT INTO ${table} (${LOG_COLUMNS}, project_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    deleteOldest: db.prepare<[number, number], CountedLine>(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < ? ORDER BY at LIMIT ?) ${COUNTED}`,
    ),
    deleteOldestOf: db.prepare<[string, number, number], CountedLine>(
      `DELETE FROM ${table}
       WHERE id IN (SELECT id FROM ${table} WHERE project = ? AND at < ? ORDER BY at LIMIT ?) ${COUNTED}`,
    ),
  }));
  // Numbers of lines that were rolled back are not used again.
  let lastId = hours.newestId();

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
    const level = LOG_LEVELS.indexOf(row.level);
    const { id, at, message, project, task, trigger, job, name } = row;
    months
      .write(monthOf(at))
      .insert.run(id, at, level, message, project, task, trigger, job, name, line.project_id);
    hours.add(id, { at, project, level, task, trigger, bytes: Buffer.byteLength(message) });
    watch.wrote(row);
  }

  function append(lines: readonly LogWrite[]): void {
    for (const line of lines) appendLine(line);
  }

  const isEmpty = (month: string): boolean =>
    db.prepare(`SELECT 1 FROM ${months.table(month)} LIMIT 1`).get() === undefined;

  return {
    append,

    deleteProject(projectId, slug) {
      for (const month of months.months()) {
        const { changes } = db
          .prepare<[string, string]>(
            `DELETE FROM ${months.table(month)} WHERE project = ? AND project_id = ?`,
          )
          .run(slug, projectId);
        if (changes > 0) hours.countAnew(month, slug);
      }
    },

    deleteOldest(before, limit, project) {
      let deleted = 0;
      for (const month of months.months({ last: boundingMonth(before) }).toReversed()) {
        const { deleteOldest, deleteOldestOf } = months.write(month);
        const rest = limit - deleted;
        const lines =
          project === undefined ? deleteOldest.all(before, rest) : deleteOldestOf.all(project, before, rest);
        if (lines.length > 0) hours.takeOff(month, lines);
        deleted += lines.length;
        if (deleted === limit) break;
      }
      return deleted;
    },

    dropEmptyMonths(before) {
      for (const month of months.months()) {
        if (month >= before || !isEmpty(month)) continue;
        months.drop(month);
        hours.drop(month);
      }
    },

    appendLogs(lines) {
      return commits.write(() => append(lines));
    },
  };
}

const COUNTED = 'RETURNING at, project, level, task, "trigger", octet_length(message) AS bytes';
