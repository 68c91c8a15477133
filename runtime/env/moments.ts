import { parseInstant } from '../instant.ts';

/** Dates and times as scripts give them, in the form in which they are kept. */

/** `2026-11-28 20:00:00` as Odoo writes it, or with more or less of it; always UTC. */
const PLAIN = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d)(?:(:\d\d)(\.\d{1,6})?)?)?$/;
/** Years of four digits: others would not be in order as text. */
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * `2026-11-28T20:00:00.000Z` of a Date, of ISO 8601 that names its zone, of `2026-11-28 20:00:00` (UTC) or of `2026-11-28` (its
 * beginning in UTC); undefined of everything else.
 */
export function storedDatetime(value: unknown): string | undefined {
  if (value instanceof Date) return withinYears(value.getTime());
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const [, day, minute = '00:00', second = ':00', fraction = '.0'] = PLAIN.exec(value) ?? [];
  const text = day === undefined ? value : `${day}T${minute}${second}${fraction.slice(0, 4)}Z`;
  const instant = parseInstant(text);
  return instant === undefined ? undefined : withinYears(Date.parse(instant));
}

/** `2026-11-28`: the day in UTC of what `storedDatetime` takes. */
export function storedDate(value: unknown): string | undefined {
  return storedDatetime(value)?.slice(0, 10);
}

function withinYears(at: number): string | undefined {
  return at >= FIRST && at <= LAST ? new Date(at).toISOString() : undefined;
}
