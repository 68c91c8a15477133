import { AppError } from '../../app-error.ts';
import type { Page } from '../store.ts';

/** Where a page of a list that is split by month ended: as a cursor, `2026_11.1234`. */
interface Position {
  readonly month: string;
  readonly number: number;
}

export function parsePosition(after: string | undefined): Position | undefined {
  if (after === undefined) return undefined;
  const match = /^(\d{4}_\d{2})\.(\d{1,15})$/.exec(after);
  if (match?.[1] === undefined || match[2] === undefined) throw badCursor(after);
  return { month: match[1], number: Number(match[2]) };
}

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

/**
 * A page of a list that is split by month: `months` newest first, highest number first within each, until it is full.
 * `read` gives up to `limit` rows of a month whose number is lower than `before`.
 */
export function monthlyPage<Row>(
  months: readonly string[],
  limit: number,
  after: Position | undefined,
  read: (
    month: string,
    before: number | undefined,
    limit: number,
  ) => readonly { readonly number: number; readonly row: Row }[],
): Page<Row> {
  const found: { readonly month: string; readonly number: number; readonly row: Row }[] = [];
  for (const month of months) {
    if (after !== undefined && month > after.month) continue;
    const before = month === after?.month ? after.number : undefined;
    const rows = read(month, before, limit + 1 - found.length);
    found.push(...rows.map(({ number, row }) => ({ month, number, row })));
    if (found.length > limit) break;
  }
  const { items, next } = pageOf(found, limit, ({ month, number }) => `${month}.${number}`);
  return { items: items.map(({ row }) => row), next };
}
