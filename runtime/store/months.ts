import { AppError } from '../app-error.ts';

/** From the year 10000 on, months would no longer sort as text. */
const LAST = Date.UTC(9999, 11, 31);

/**
 * The UTC month of a time as `2026_11`: the suffix of the table that holds it. Months sort as text.
 * Refuses what is no time between 1970 and 9999.
 */
export function monthOf(at: number): string {
  if (!(at >= 0 && at <= LAST)) {
    throw new AppError(
      'invalid_time',
      500,
      `${at} is not a time in milliseconds since 1970, so nothing was stored.`,
    );
  }
  const date = new Date(at);
  return `${date.getUTCFullYear()}_${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
}

/** `monthOf`, for bounds of a search: times outside the range count as its ends, a missing one is no bound. */
export function boundingMonth(at: number | undefined): string | undefined {
  return at === undefined ? undefined : monthOf(Math.min(Math.max(at, 0), LAST));
}

/** Start of a month like `2026_11` in milliseconds since 1970, or of one so many months later. */
export function startOfMonth(month: string, later = 0): number {
  const [year, number] = month.split('_').map(Number);
  return Date.UTC(year ?? 0, (number ?? 1) - 1 + later);
}
