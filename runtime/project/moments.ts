import { Cron } from 'croner';

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
