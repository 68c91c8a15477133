import { Cron } from 'croner';
import { namesManyYears, nextTime } from '../cron/next-time.ts';

/** True for names of time zones such as `Europe/Berlin`. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a cron pattern, completing the sentence "cron ..."; null when nothing is. */
export function cronFault(pattern: string): string | null {
  if (pattern.length > 100) return 'must be at most 100 characters long';
  try {
    new Cron(pattern, { paused: true });
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^\w+: /, '') : 'not a pattern';
    return `must be a pattern such as "0 3 * * *" (${detail})`;
  }
  if (namesManyYears(pattern)) return 'must name its years one by one, up to ten: "0 0 3 * * * 2027,2028"';
  return nextTime(pattern, 'UTC', Date.now()) === null
    ? 'never comes: there is no such day in the next ten years'
    : null;
}
