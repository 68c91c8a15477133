import { LOG_LEVELS } from '../../words.ts';
import type { LogGrouping } from '../log-store.ts';

/** The key of a group of lines as people read it: a level by its name, an hour and a day as ISO 8601. */
export function groupKey(key: string | number | null, by: LogGrouping): string | null {
  if (typeof key !== 'number') return key;
  if (by === 'level') return LOG_LEVELS[key] ?? 'info';
  const time = new Date(key).toISOString();
  return by === 'day' ? time.slice(0, 10) : time;
}
