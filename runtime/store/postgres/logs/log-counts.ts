import { HOUR_MS, LINE_BYTES } from '../../rules/log-tally.ts';

/**
 * Counts of log lines: `log_hours` by hour and kind, `log_totals` by month. Each writer, which is a part of a process, adds to rows of
 * its own; what there is of a kind is the sum over all writers, and a kind whose sum is 0 has no line. A line's missing task or
 * trigger is kept as '': names are never empty.
 */

export const LINE_KIND = 'hour, project, level, task, "trigger"';
export const MONTH_OF_LINE = `to_char(to_timestamp(at / 1000) AT TIME ZONE 'UTC', 'YYYY_MM')`;

/** Parts of a statement that count the rows of `lines` for a writer. `sign` is -1 for lines that are gone. */
const counting = (lines: string, writer: string, sign: '' | '-'): string => `
hours AS (
  INSERT INTO log_hours (writer, ${LINE_KIND}, count, bytes, first_at, last_at)
  SELECT ${writer}, at - at % ${HOUR_MS}, project, level, coalesce(task, ''), coalesce("trigger", ''),
         ${sign}count(*), ${sign}sum(bytes + ${LINE_BYTES}), min(at), max(at)
  FROM ${lines} GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6
  ON CONFLICT (${LINE_KIND}, writer) DO UPDATE
    SET count = log_hours.count + excluded.count, bytes = log_hours.bytes + excluded.bytes,
        first_at = least(log_hours.first_at, excluded.first_at), last_at = greatest(log_hours.last_at, excluded.last_at)
), totals AS (
  INSERT INTO log_totals (writer, month, bytes)
  SELECT ${writer}, ${MONTH_OF_LINE}, ${sign}sum(bytes + ${LINE_BYTES}) FROM ${lines} GROUP BY 2 ORDER BY 2
  ON CONFLICT (month, writer) DO UPDATE SET bytes = log_totals.bytes + excluded.bytes
)`;

/** After a part `written` that returns `at, level, project, task, "trigger", bytes` of lines. */
export const COUNT_WRITTEN = (writer: string): string => counting('written', writer, '');

/** Removes the lines of a project, $1 slug and $2 id, and counts them off for the writer $3. */
export const COUNT_OFF = `
WITH gone AS (
  DELETE FROM logs WHERE project = $1 AND project_id = $2
  RETURNING at, level, project, task, "trigger", octet_length(message) AS bytes
), ${counting('gone', '$3', '-')}
SELECT 1`;

/** Removes counts of a project, $1, that add up to nothing. Held rows cannot change meanwhile; those that come add to 0. */
export const FORGET_EMPTY = `
WITH held AS MATERIALIZED (
  SELECT writer, ${LINE_KIND}, count FROM log_hours WHERE project = $1 ORDER BY ${LINE_KIND}, writer FOR UPDATE
), empty AS (
  SELECT writer, ${LINE_KIND} FROM (
    SELECT *, sum(count) OVER (PARTITION BY ${LINE_KIND}) AS left_over FROM held) AS summed
  WHERE left_over = 0
)
DELETE FROM log_hours WHERE (writer, ${LINE_KIND}) IN (SELECT writer, ${LINE_KIND} FROM empty)`;
