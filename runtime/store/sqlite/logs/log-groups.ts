import type Database from 'better-sqlite3';
import { type LogFilter, type LogGroup, type LogGrouping, MOST_LOG_GROUPS } from '../../log-store.ts';
import { boundingMonth } from '../../months.ts';
import { kindConditions, lineConditions } from '../../rules/log-conditions.ts';
import { groupKey } from '../../rules/log-group-key.ts';
import { type LineRange, splitHours } from '../../rules/log-ranges.ts';
import { HOUR_MS } from '../../rules/log-tally.ts';
import { allOf, type Condition, type SqlValue, when } from '../../rules/where.ts';
import { inSnapshot } from '../database/snapshot.ts';
import { readMonths } from '../schema/month-tables.ts';
import { lineWords } from './log-conditions.ts';
import { statusOfJob } from './log-status.ts';

type StoredGroup = Omit<LogGroup, 'key'> & { readonly key: string | number | null };

const DAY_MS = 24 * HOUR_MS;
/** SQLite joins up to 500 selects; this is more than 30 years. */
const MOST_MONTHS = 400;

/**
 * Groups of lines: whole hours from the roll-ups where these know what is asked for, the rest from the lines. The
 * connection may be one that only reads; it needs `folded`.
 */
export function readLogGroups(
  db: Database.Database,
  filter: LogFilter,
  by: LogGrouping,
): { readonly groups: readonly LogGroup[] } {
  return inSnapshot(db, () => {
    const parts = partsOf(db, filter, by);
    if (parts.length === 0) return { groups: [] };
    const order = by === 'hour' || by === 'day' ? 'key DESC' : '2 DESC, key';
    const rows = db
      .prepare<SqlValue[], StoredGroup>(
        `SELECT key, sum(count) AS count, min(first_at) AS first_at, max(last_at) AS last_at
         FROM (${parts.map(({ sql }) => sql).join(' UNION ALL ')})
         GROUP BY key ORDER BY ${order} LIMIT ${MOST_LOG_GROUPS}`,
      )
      .all(...parts.flatMap(({ values }) => values));
    return { groups: rows.map((row) => Object.freeze({ ...row, key: groupKey(row.key, by) })) };
  });
}

function partsOf(db: Database.Database, filter: LogFilter, by: LogGrouping): readonly Condition[] {
  const { job, status, q } = filter;
  const needsLines =
    by === 'job' || by === 'status' || job !== undefined || status !== undefined || q !== undefined;
  const { hours, lines } = needsLines ? { hours: undefined, lines: [filter] } : splitHours(filter);
  const jobMonths = by === 'status' || status !== undefined ? monthsOf(db, 'jobs', {}) : [];
  return [
    ...(hours === undefined
      ? []
      : monthsOf(db, 'log_hours', hours).map((month) => ofHours(month, filter, hours, by))),
    ...lines.flatMap((range) =>
      monthsOf(db, 'logs', range).map((month) => ofLines(month, { ...filter, ...range }, by, jobMonths)),
    ),
  ];
}

function monthsOf(db: Database.Database, base: string, { from, to }: LineRange): readonly string[] {
  const bounds = { first: boundingMonth(from), last: boundingMonth(to) };
  return readMonths(db, base, bounds).slice(0, MOST_MONTHS);
}

function ofLines(month: string, filter: LogFilter, by: LogGrouping, jobMonths: readonly string[]): Condition {
  const key = by === 'status' ? statusOfJob(jobMonths) : KEY_OF_LINE[by];
  const where = lineConditions(filter, lineWords(jobMonths));
  return {
    sql: `SELECT ${key} AS key, count(*) AS count, min(at) AS first_at, max(at) AS last_at
          FROM logs_${month} WHERE ${where.sql} GROUP BY 1`,
    values: where.values,
  };
}

function ofHours(month: string, filter: LogFilter, { from, to }: LineRange, by: LogGrouping): Condition {
  const where = allOf(when(from, 'hour >= ?'), when(to, 'hour < ?'), kindConditions(filter));
  const { key, groups } = IN_ROLL_UP[by] ?? { key: `"${by}"`, groups: '1' };
  return {
    sql: `SELECT ${key} AS key, sum(count) AS count, min(first_at) AS first_at, max(last_at) AS last_at
          FROM log_hours_${month} WHERE ${where.sql} GROUP BY ${groups}`,
    values: where.values,
  };
}

const KEY_OF_LINE: Readonly<Record<Exclude<LogGrouping, 'status'>, string>> = {
  project: 'project',
  task: 'task',
  trigger: '"trigger"',
  job: 'job',
  level: 'level',
  hour: `at - at % ${HOUR_MS}`,
  day: `at - at % ${DAY_MS}`,
};

/** Grouped first by what the primary key begins with: its order spares sorting all rows. */
const IN_ROLL_UP: Partial<Record<LogGrouping, { readonly key: string; readonly groups: string }>> = {
  project: { key: 'project', groups: 'hour, project' },
  level: { key: 'level', groups: 'hour, project, level' },
  task: { key: 'nullif(task, 0)', groups: '1' },
  trigger: { key: 'nullif("trigger", 0)', groups: '1' },
  hour: { key: 'hour', groups: 'hour' },
  day: { key: `hour - hour % ${DAY_MS}`, groups: 'hour' },
};
