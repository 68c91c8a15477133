import { z } from 'zod';

/** Times are ISO 8601 in UTC outside, milliseconds since 1970 inside. */
export const time = z.iso.datetime();
export const toTime = (at: number): string => new Date(at).toISOString();
export const toTimeOrNull = (at: number | null): string | null => (at === null ? null : toTime(at));

/** `{items, next}`, newest first; `next` is the cursor of the following page. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** A point in time in a query or a body; becomes milliseconds. */
export const moment = z.iso
  .datetime({ offset: true, error: 'it takes a time like 2026-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text));

const MOST = 1000;
/** Items in a page, unless a number is given. */
export const STANDARD_LIMIT = 50;
const limit = wholeNumber(MOST).default(STANDARD_LIMIT);

/** A number in a query, from 1 to `most`. */
export function wholeNumber(most: number) {
  const form = `it takes a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,3}$/, form)
    .transform(Number)
    .pipe(z.number().max(most, form));
}

/** What every list takes. */
export const pageQuery = { limit, after: z.string().max(500).optional() };
export const periodQuery = { from: moment.optional(), to: moment.optional() };
/** Of what is sent whole, as a file. */
export const exportFormat = z.enum(['ndjson', 'csv'], 'it takes ndjson or csv').default('ndjson');
