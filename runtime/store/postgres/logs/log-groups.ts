import { type LogFilter, type LogGroup, type LogGrouping, MOST_LOG_GROUPS } from '../../log-store.ts';
import { kindConditions, lineConditions } from '../../rules/log-conditions.ts';
import { groupKey } from '../../rules/log-group-key.ts';
import { type LineRange, splitHours } from '../../rules/log-ranges.ts';
import { HOUR_MS } from '../../rules/log-tally.ts';
import { allOf, type Condition, when } from '../../rules/where.ts';
import { lineWords, STATUS_OF_JOB } from './log-conditions.ts';

const DAY_MS = 24 * HOUR_MS;

/**
 * Groups of lines: whole hours from the roll-ups where these know what is asked for, the rest from the lines. Each process that writes or
 * deletes lines counts them in rows of its own: only their sum says something (`log-counts.ts`).
 */
export function logGroupsSql(filter: LogFilter, by: LogGrouping): Condition {
  const parts = partsOf(filter, by);
  const order = by === 'hour' || by === 'day' ? 'key DESC' : '2 DESC, key NULLS FIRST';
  return {
    sql: `SELECT key, sum(count) AS count, min(first_at) AS first_at, max(last_at) AS last_at
          FROM (${parts.map(({ sql }) => sql).join(' UNION ALL ')}) AS parts
          GROUP BY key HAVING sum(count) > 0 ORDER BY ${order} LIMIT ${MOST_LOG_GROUPS}`,
    values: parts.flatMap(({ values }) => values),
  };
}

function partsOf(filter: LogFilter, by: LogGrouping): readonly Condition[] {
  const { job, status, q } = filter;
  const needsLines =
    by === 'job' || by === 'status' || job !== undefined || status !== undefined || q !== undefined;
  const { hours, lines } = needsLines ? { hours: undefined, lines: [filter] } : splitHours(filter);
  return [
    ...(hours === undefined ? [] : [ofHours(filter, hours, by)]),
    ...lines.map((range) => ofLines({ ...filter, ...range }, by)),
  ];
}

function ofLines(filter: LogFilter, by: LogGrouping): Condition {
  const where = lineConditions(filter, lineWords);
  return {
    sql: `SELECT ${KEY_OF_LINE[by]} AS key, count(*) AS count, min(at) AS first_at, max(at) AS last_at
          FROM logs WHERE ${where.sql} GROUP BY 1`,
    values: where.values,
  };
}

function ofHours(filter: LogFilter, { from, to }: LineRange, by: LogGrouping): Condition {
  const where = allOf(when(from, 'hour >= ?'), when(to, 'hour < ?'), kindConditions(filter));
  return {
    sql: `SELECT ${KEY_IN_ROLL_UP[by] ?? by} AS key, sum(count) AS count, min(first_at) AS first_at, max(last_at) AS last_at
          FROM log_hours WHERE ${where.sql} GROUP BY 1`,
    values: where.values,
  };
}

const KEY_OF_LINE: Readonly<Record<LogGrouping, string>> = {
  project: 'project',
  task: 'task',
  trigger: '"trigger"',
  job: 'job',
  level: 'level',
  status: STATUS_OF_JOB,
  hour: `at - at % ${HOUR_MS}`,
  day: `at - at % ${DAY_MS}`,
};

/** A line without a task or trigger is counted under an empty name. */
const KEY_IN_ROLL_UP: Partial<Record<LogGrouping, string>> = {
  task: "nullif(task, '')",
  trigger: `nullif("trigger", '')`,
  day: `hour - hour % ${DAY_MS}`,
};

/** A group as it is read, by the name of its key. */
export function readGroup(row: StoredGroup, by: LogGrouping): LogGroup {
  return { ...row, key: groupKey(row.key, by) };
}

export type StoredGroup = Omit<LogGroup, 'key'> & { readonly key: string | number | null };
