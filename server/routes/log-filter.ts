import { containsText } from '../../runtime/store/contains-text.ts';
import type { LogFilter, LogRow } from '../../runtime/store/log-store.ts';
import { folded, validText } from '../../runtime/store/text.ts';
import { LOG_LEVELS } from '../../runtime/words.ts';

/** Whether a line passes a filter, by the same rules as the store's list. */
export function matchesFilter(line: LogRow, filter: LogFilter): boolean {
  const { level, min_level, from, to, q } = filter;
  if (!SAME.every((field) => filter[field] === undefined || filter[field] === line[field])) return false;
  if (level !== undefined && line.level !== level) return false;
  if (min_level !== undefined && badness(line.level) < badness(min_level)) return false;
  if (from !== undefined && line.at < from) return false;
  if (to !== undefined && line.at >= to) return false;
  return q === undefined || containsText(folded(line.message), folded(validText(q)));
}

const SAME = ['project', 'task', 'trigger', 'job'] as const;
const badness = (level: LogRow['level']) => LOG_LEVELS.indexOf(level);
