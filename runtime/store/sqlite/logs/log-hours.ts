import type Database from 'better-sqlite3';
import { logHoursTable } from '../../partition-tables.ts';
import { type CountedLine, HOUR_MS, type HourCount, LINE_BYTES, LogTally } from '../../rules/log-tally.ts';
import type { Commits } from '../database/group-commit.ts';
import { partitions } from '../schema/partitions.ts';

/** The roll-ups of log lines, kept in the transactions that write and delete lines; all of it only within one. */
export interface LogHours {
  /** Counts a line that is written. */
  add(id: number, line: CountedLine): void;
  /** Takes lines of one month off, which must be the oldest of their kind. */
  takeOff(month: string, lines: readonly CountedLine[]): void;
  /** Counts the lines of a project in one month anew. */
  countAnew(month: string, project: string): void;
  /** Removes a month that has no line left. */
  drop(month: string): void;
  /** Over all lines that ever were. */
  newestId(): number;
}

type Named = [hour: number, project: string, level: number, task: string | 0, trigger: string | 0];

const KIND = 'hour = ? AND project = ? AND level = ? AND task = ? AND "trigger" = ?';

/** Lines are counted in memory and written before the transaction ends: once for each kind and hour, however many they are. */
export function logHours(db: Database.Database, commits: Commits): LogHours {
  const months = partitions(db, commits, 'log_hours', logHoursTable, (table) => ({
    add: db.prepare(
      `INSERT INTO ${table} (hour, project, level, task, "trigger", count, bytes, first_at, last_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (hour, project, level, task, "trigger") DO UPDATE
         SET count = count + excluded.count, bytes = bytes + excluded.bytes,
             first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
    ),
    // What the oldest line left is, only the lines know: not before the last one that was deleted.
    takeOff: db.prepare(
      `UPDATE ${table} SET count = count - ?, bytes = bytes - ?, first_at = max(first_at, ?) WHERE ${KIND}`,
    ),
    clean: db.prepare<Named>(`DELETE FROM ${table} WHERE ${KIND} AND count <= 0`),
  }));
  const addTotal = db.prepare(
    `INSERT INTO log_totals (month, newest_id, bytes) VALUES (?, ?, ?)
     ON CONFLICT (month) DO UPDATE
       SET newest_id = max(newest_id, excluded.newest_id), bytes = bytes + excluded.bytes`,
  );
  const newest = db.prepare<[], number | null>('SELECT max(newest_id) FROM log_totals').pluck();
  const tally = new LogTally();
  let newestId = 0;

  function write(): void {
    const bytes = new Map<string, number>();
    for (const count of tally.take()) {
      const { month, first_at, last_at } = count;
      months.write(month).add.run(...namesOf(count), count.count, count.bytes, first_at, last_at);
      bytes.set(month, (bytes.get(month) ?? 0) + count.bytes);
    }
    for (const [month, added] of bytes) addTotal.run(month, newestId, added);
  }

  commits.follow({
    begin: () => void tally.take(),
    committing: write,
    committed() {},
    undone: () => void tally.take(),
  });

  return {
    add(id, line) {
      newestId = id;
      tally.add(line);
    },

    takeOff(month, lines) {
      write();
      const off = new LogTally();
      for (const line of lines) off.add(line);
      const { takeOff, clean } = months.write(month);
      for (const count of off.take()) {
        takeOff.run(count.count, count.bytes, count.last_at, ...namesOf(count));
        clean.run(...namesOf(count));
        addTotal.run(month, 0, -count.bytes);
      }
    },

    countAnew(month, project) {
      write();
      const hours = months.table(month);
      db.prepare<[string]>(`DELETE FROM ${hours} WHERE project = ?`).run(project);
      db.prepare<[string]>(
        `INSERT INTO ${hours}
         SELECT at - at % ${HOUR_MS}, project, level, ifnull(task, 0), ifnull("trigger", 0),
                count(*), sum(octet_length(message) + ${LINE_BYTES}), min(at), max(at)
         FROM logs_${month} WHERE project = ? GROUP BY 1, 2, 3, 4, 5`,
      ).run(project);
      db.prepare<[string]>(
        `UPDATE log_totals SET bytes = (SELECT ifnull(sum(bytes), 0) FROM ${hours}) WHERE month = ?`,
      ).run(month);
    },

    drop(month) {
      write();
      months.drop(month);
      db.prepare<[string]>('UPDATE log_totals SET bytes = 0 WHERE month = ?').run(month);
    },

    newestId: () => newest.get() ?? 0,
  };
}

const namesOf = ({ hour, project, level, task, trigger }: HourCount): Named => [
  hour,
  project,
  level,
  task ?? 0,
  trigger ?? 0,
];
