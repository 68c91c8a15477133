const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, SECOND] as const),
  ...['m', 'min', 'minute', 'minutes'].map((unit) => [unit, MINUTE] as const),
  ...['h', 'hour', 'hours'].map((unit) => [unit, HOUR] as const),
  ...['d', 'day', 'days'].map((unit) => [unit, DAY] as const),
  ...['w', 'week', 'weeks'].map((unit) => [unit, 7 * DAY] as const),
  ...['y', 'year', 'years'].map((unit) => [unit, 365 * DAY] as const),
]);

/** What a duration looks like, for messages. */
export const DURATION_FORM = 'a duration such as "30s", "5m", "2 hours" or "1 week"';

/** Milliseconds of `30s`, `5m`, `2 hours`, `1 week`; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6}) ?([a-z]{1,7})$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = unit === undefined ? undefined : UNITS.get(unit);
  return factor === undefined ? undefined : Number(amount) * factor;
}
