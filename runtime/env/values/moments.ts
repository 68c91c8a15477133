/** Dates and times as text: what people and Odoo write, and the two forms in which they are kept. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
/** With a zone, or, as Odoo writes it, without one: that is UTC. */
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;

/** The latest time that sorts as text. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const EARLIEST = Date.UTC(1, 0, 1);

/** `2026-11-28T20:00:00.000Z` of a Date, or of a text that says a day or a time; undefined when it is none. */
export function storedMoment(value: unknown): string | undefined {
  const at =
    value instanceof Date ? value.getTime() : typeof value === 'string' ? momentOf(value) : Number.NaN;
  return at >= EARLIEST && at <= LATEST ? new Date(at).toISOString() : undefined;
}

/** `2026-11-28` of a Date (its day in UTC), or of a text that says a day or a time; undefined when it is none. */
export const storedDay = (value: unknown): string | undefined => storedMoment(value)?.slice(0, 10);

function momentOf(text: string): number {
  if (DAY.test(text)) return isDay(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const [, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = MOMENT.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return Number.NaN;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  return Date.parse(`${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${offset}`);
}

/** `Date` reads 30 February as 2 March; this does not. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
