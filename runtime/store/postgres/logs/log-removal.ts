import { HOUR_MS, LINE_BYTES } from '../../rules/log-tally.ts';
import type { Session } from '../database/session.ts';
import { LINE_KIND, MONTH_OF_LINE } from './log-counts.ts';

export interface OldLines {
  /** Start of an hour. */
  readonly before: number;
  readonly limit: number;
  readonly project?: string | undefined;
}

/** Deletes the oldest lines before a time, of one project or of all, and counts them off; within a transaction. Returns how many. */
export async function deleteOldLines(
  session: Session,
  { before, limit, project }: OldLines,
  writer: string,
): Promise<number> {
  const of = project === undefined ? [] : [project];
  const deleted = await session.row<{ count: number }>(project === undefined ? DELETE_OLD : DELETE_OLD_OF, [
    before,
    limit,
    writer,
    ...of,
  ]);
  return deleted?.count ?? 0;
}

/**
 * Counts of the lines' kinds become one row, whoever counted them: only so can be said when the first of those that are left was written,
 * which is not before the last one that was deleted. They are locked in the order in which they are written.
 */
const deleteOld = (condition: string): string => `
WITH old AS MATERIALIZED (
  SELECT at, id FROM logs WHERE ${condition}at < $1 ORDER BY at, id LIMIT $2
), gone AS (
  DELETE FROM logs USING old WHERE logs.at = old.at AND logs.id = old.id AND logs.at < $1
  RETURNING logs.at, level, project, coalesce(task, '') AS task, coalesce("trigger", '') AS "trigger",
            octet_length(message) + ${LINE_BYTES} AS bytes
), off AS MATERIALIZED (
  SELECT at - at % ${HOUR_MS} AS hour, project, level, task, "trigger", count(*) AS count, sum(bytes) AS bytes, max(at) AS last_at
  FROM gone GROUP BY 1, 2, 3, 4, 5
), held AS MATERIALIZED (
  SELECT ${LINE_KIND}, writer FROM log_hours WHERE hour < $1 AND (${LINE_KIND}) IN (SELECT ${LINE_KIND} FROM off)
  ORDER BY ${LINE_KIND}, writer FOR UPDATE
), counted AS (
  DELETE FROM log_hours WHERE hour < $1 AND (${LINE_KIND}, writer) IN (SELECT ${LINE_KIND}, writer FROM held)
  RETURNING ${LINE_KIND}, count, bytes, first_at, last_at
), kept AS (
  INSERT INTO log_hours (writer, ${LINE_KIND}, count, bytes, first_at, last_at)
  SELECT $3, ${LINE_KIND}, sum(counted.count) - off.count, sum(counted.bytes) - off.bytes,
         greatest(min(counted.first_at), off.last_at), max(counted.last_at)
  FROM counted JOIN off USING (${LINE_KIND}) GROUP BY ${LINE_KIND}, off.count, off.bytes, off.last_at
  HAVING sum(counted.count) > off.count
  ON CONFLICT (${LINE_KIND}, writer) DO UPDATE
    SET count = log_hours.count + excluded.count, bytes = log_hours.bytes + excluded.bytes,
        first_at = least(log_hours.first_at, excluded.first_at), last_at = greatest(log_hours.last_at, excluded.last_at)
), totals AS (
  INSERT INTO log_totals (writer, month, bytes)
  SELECT $3, ${MONTH_OF_LINE}, -sum(bytes) FROM gone GROUP BY 2 ORDER BY 2
  ON CONFLICT (month, writer) DO UPDATE SET bytes = log_totals.bytes + excluded.bytes
)
SELECT count(*) AS count FROM gone`;

const DELETE_OLD = { name: 'delete old lines', text: deleteOld('') };
const DELETE_OLD_OF = { name: 'delete old lines of a project', text: deleteOld('project = $4 AND ') };
