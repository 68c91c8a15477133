import type { LogLevel } from '../../../sandbox/types.ts';
import { LOG_LEVELS } from '../../words.ts';
import type { LogFilter } from '../log-store.ts';
import { folded, validText } from '../text.ts';
import { haveStatus } from './log-status.ts';
import { allOf, type Condition, when } from './where.ts';

/** Conditions that lines and their roll-ups share; times are those of lines. */
export function kindConditions({ project, task, trigger, level, min_level }: LogFilter): Condition {
  return allOf(
    when(project, 'project = ?'),
    when(task, 'task = ?'),
    when(trigger, '"trigger" = ?'),
    when(rankOf(level), 'level = ?'),
    when(rankOf(min_level), 'level >= ?'),
  );
}

/** All conditions of a filter on lines; `jobMonths` are the months that have finished jobs. */
export function lineConditions(filter: LogFilter, jobMonths: readonly string[]): Condition {
  const { job, status, from, to, q } = filter;
  return allOf(
    kindConditions(filter),
    when(job, 'job = ?'),
    when(from, 'at >= ?'),
    when(to, 'at < ?'),
    q === undefined ? undefined : contains(validText(q)),
    status === undefined ? undefined : haveStatus(status, jobMonths),
  );
}

function rankOf(level: LogLevel | undefined): number | undefined {
  return level === undefined ? undefined : LOG_LEVELS.indexOf(level);
}

/**
 * Lines whose message contains this text, upper and lower case alike. In a message of ASCII only, SQLite's LIKE finds just
 * what comparing folded texts does, without a call into JavaScript for each line.
 */
function contains(q: string): Condition {
  const whole: Condition = { sql: 'instr(folded(message), ?) > 0', values: [folded(q)] };
  if (Buffer.byteLength(q) > q.length) return whole;
  const pattern = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return {
    sql: `(message LIKE ? ESCAPE '\\' OR (length(message) <> octet_length(message) AND ${whole.sql}))`,
    values: [pattern, ...whole.values],
  };
}
