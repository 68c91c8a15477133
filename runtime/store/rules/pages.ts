import { AppError } from '../../app-error.ts';
import { boundingMonth } from '../months.ts';
import type { Page } from '../page.ts';
import type { Condition } from './where.ts';

/** A row's place in a list by time: rows of one millisecond are told apart by the number that grows with each row. */
export interface Place {
  readonly at: number;
  readonly number: number;
}

/** The place that a cursor names, `1795348800000.1234`; undefined for the first page. */
export function parsePlace(after: string | undefined): Place | undefined {
  if (after === undefined) return undefined;
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(after);
  if (match === null) throw badCursor(after);
  return { at: Number(match[1]), number: Number(match[2]) };
}

/** 400 for an `after` that no list has given out. */
export function badCursor(after: string): AppError {
  return new AppError(
    'invalid_cursor',
    400,
    `"${after.slice(0, 60)}" is no place in this list. Use the "next" of the page before as "after", or leave it out.`,
  );
}

/** Cuts `rows`, of which one more than `limit` was asked for, to a page; `cursor` names a row's place. */
export function pageOf<Row>(rows: readonly Row[], limit: number, cursor: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursor(last) : null };
}

/** Rows before a place, of a table whose numbers are in `column`. */
export function beforePlace(place: Place | undefined, column: string): Condition | undefined {
  return place && { sql: `(at, ${column}) < (?, ?)`, values: [place.at, place.number] };
}

/**
 * A page of a list by time that is split by month: `months`, newest first, until it is full. `read` gives up to `limit`
 * rows of a month that come after the cursor, newest first.
 */
export function monthlyPage<Row extends { readonly at: number }>(
  months: readonly string[],
  limit: number,
  after: Place | undefined,
  read: (month: string, limit: number) => readonly { readonly number: number; readonly row: Row }[],
): Page<Row> {
  const newest = boundingMonth(after?.at);
  const found: { readonly number: number; readonly row: Row }[] = [];
  for (const month of months) {
    if (newest !== undefined && month > newest) continue;
    found.push(...read(month, limit + 1 - found.length));
    if (found.length > limit) break;
  }
  const { items, next } = pageOf(found, limit, ({ row, number }) => `${row.at}.${number}`);
  return { items: items.map(({ row }) => row), next };
}
