import type { LogStore } from '../../log-store.ts';
import { startOfMonth } from '../../months.ts';
import type { LargestLogs, RetentionStore } from '../../retention-store.ts';
import { lineConditions } from '../../rules/log-conditions.ts';
import { type NumberedLine, readLine } from '../../rules/log-lines.ts';
import { beforePlace, pageOf, parsePlace } from '../../rules/pages.ts';
import { allOf } from '../../rules/where.ts';
import { numbered } from '../database/numbered.ts';
import type { Reads } from '../database/reads.ts';
import { lineWords } from './log-conditions.ts';
import { logGroupsSql, readGroup, type StoredGroup } from './log-groups.ts';

/** Reads of log lines. */
export const postgresLogReads = (
  reads: Reads,
): Pick<LogStore, 'listLogs' | 'groupLogs'> & Pick<RetentionStore, 'largestLogs'> => ({
  async listLogs(filter, { limit, after }, terms) {
    const where = allOf(lineConditions(filter, lineWords), beforePlace(parsePlace(after), 'id'));
    const lines = await reads.rows<NumberedLine>(
      numbered(
        `SELECT id, at, level, message, project, task, "trigger", job, name FROM logs
         WHERE ${where.sql} ORDER BY at DESC, id DESC LIMIT ?`,
      ),
      [...where.values, limit + 1],
      terms,
    );
    const page = pageOf(lines, limit, ({ at, id }) => `${at}.${id}`);
    return { ...page, items: page.items.map(readLine) };
  },

  async groupLogs(filter, by, terms) {
    const { sql, values } = logGroupsSql(filter, by);
    const rows = await reads.rows<StoredGroup>(numbered(sql), values, terms);
    return { groups: rows.map((row) => Object.freeze(readGroup(row, by))) };
  },

  largestLogs({ first, last }, { limit }, terms) {
    return reads.rows<LargestLogs>(
      `SELECT project, sum(bytes) AS bytes, min(hour) AS oldest FROM log_hours
       WHERE hour >= $1 AND hour < $2 GROUP BY project HAVING sum(count) > 0 ORDER BY 2 DESC, project LIMIT $3`,
      [
        first === undefined ? 0 : startOfMonth(first),
        last === undefined ? Number.MAX_SAFE_INTEGER : startOfMonth(last, 1),
        limit,
      ],
      terms,
    );
  },
});
