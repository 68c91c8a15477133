import { Cron } from 'croner';

const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** ISO 8601 in UTC of a time that names its zone; undefined when the text is not such a time. */
export function parseInstant(text: string): string | undefined {
  const [, day] = INSTANT.exec(text) ?? [];
  const instant = new Date(text);
  if (day === undefined || Number.isNaN(instant.getTime())) return undefined;
  return isCalendarDay(day) ? instant.toISOString() : undefined;
}

/** `Date` reads 30 February as 2 March; this does not. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

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
    return new Cron(pattern, { timezone: 'UTC' }).nextRun() === null
      ? 'never comes: there is no such day'
      : null;
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^\w+: /, '') : 'not a pattern';
    return `must be a pattern such as "0 3 * * *" (${detail})`;
  }
}
