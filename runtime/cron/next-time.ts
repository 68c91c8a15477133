import { Cron } from 'croner';

/**
 * How far ahead a pattern is looked for. To find that one never comes means to look at all days until then, and it is a Developer who
 * writes them. 29 February is eight years off at most.
 */
const YEARS_AHEAD = 10;
const LAST_YEAR = 9999;

/**
 * The first time of a pattern after a time; null when there is none within ten years. Throws for what is no pattern.
 *
 * Clocks are put forward and back: a pattern with fixed hours and minutes runs once all the same, at the first moment
 * after a gap, and at the first of two equal times. One with a wildcard or a step goes by the time that really passes.
 */
export function nextTime(pattern: string, timezone: string, after: number): Date | null {
  const bounded = withYears(pattern, new Date(after).getUTCFullYear());
  return new Cron(bounded, { timezone, fixedTimeRule: 'no-wildcard', paused: true }).nextRun(new Date(after));
}

/** With the years that it is looked for in, unless it says so itself: in the zone, it may be another year than in UTC. */
function withYears(pattern: string, year: number): string {
  const fields = pattern.trim().split(/\s+/);
  const [from, to] = [year - 1, year + YEARS_AHEAD].map((each) => Math.min(each, LAST_YEAR));
  if (fields.length === 5) return `0 ${fields.join(' ')} ${from}-${to}`;
  return fields.length === 6 ? `${fields.join(' ')} ${from}-${to}` : pattern;
}

/** A seventh field that has as few years as others are looked for in. */
const FEW_YEARS = /^\d{4}(?:,\d{4}){0,9}$/;

/** Whether a pattern names more years than it is looked for in. */
export function namesManyYears(pattern: string): boolean {
  const [, , , , , , years] = pattern.trim().split(/\s+/);
  return years !== undefined && !FEW_YEARS.test(years);
}
