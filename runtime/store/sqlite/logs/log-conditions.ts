import type { LineWords } from '../../rules/log-conditions.ts';
import type { Condition } from '../../rules/where.ts';
import { folded } from '../../text.ts';
import { haveStatus } from './log-status.ts';

/** `jobMonths` are the months that have finished jobs. */
export const lineWords = (jobMonths: readonly string[]): LineWords => ({
  contain,
  haveStatus: (status) => haveStatus(status, jobMonths),
});

/**
 * Lines whose message contains this text, upper and lower case alike. In a message of ASCII only, SQLite's LIKE finds just
 * what comparing folded texts does, without a call into JavaScript for each line.
 */
function contain(q: string): Condition {
  const whole: Condition = { sql: 'instr(folded(message), ?) > 0', values: [folded(q)] };
  if (Buffer.byteLength(q) > q.length) return whole;
  const pattern = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return {
    sql: `(message LIKE ? ESCAPE '\\' OR (length(message) <> octet_length(message) AND ${whole.sql}))`,
    values: [pattern, ...whole.values],
  };
}
