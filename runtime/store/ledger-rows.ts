import { AppError } from '../app-error.ts';
import type { LedgerFilter, LedgerRow, LedgerWrite } from './ledger-store.ts';
import { monthOf } from './months.ts';
import { allOf, type Condition, when } from './rules/where.ts';
import { folded, validOrNull, validText } from './text.ts';

/** What an outcome adds to the row it belongs to; `bytes` are those that the row could not know of. */
export type Outcome = Pick<LedgerWrite, 'status' | 'error' | 'received_bytes' | 'duration_ms' | 'bytes'>;

/** A row with its outcome. */
export const joined = (row: LedgerRow, outcome: Outcome | undefined): LedgerRow =>
  Object.freeze({ ...row, ...outcome, bytes: row.bytes + (outcome?.bytes ?? 0) });

/** The row as the database gives it back, which is what is hashed. Throws an `AppError` for a time that is none. */
export function storable(row: LedgerWrite): LedgerWrite {
  const at = Math.trunc(row.at);
  monthOf(at);
  if (row.duration_ms !== null && !Number.isFinite(row.duration_ms))
    throw new AppError('invalid_time', 500, `${row.duration_ms} is no duration, so nothing was stored.`);
  return {
    ...row,
    at,
    project: validText(row.project),
    task: validOrNull(row.task),
    trigger: validOrNull(row.trigger),
    user: validOrNull(row.user),
    recipient: validText(row.recipient),
    method: validOrNull(row.method),
    url: validOrNull(row.url),
    excerpt: validOrNull(row.excerpt),
    blocked: validOrNull(row.blocked),
    error: validOrNull(row.error),
  };
}

/** All conditions of a filter; `contain`: that a column contains a folded text when it is folded itself. */
export function ledgerConditions(
  filter: LedgerFilter,
  contain: (column: string, text: string) => Condition,
): Condition {
  return allOf(
    when(filter.project, 'project = ?'),
    when(filter.task, 'task = ?'),
    when(filter.trigger, '"trigger" = ?'),
    when(filter.job, 'job = ?'),
    when(filter.recipient, 'recipient = ?'),
    when(filter.kind, 'kind = ?'),
    when(filter.method, 'method = ?'),
    filter.blocked === undefined
      ? undefined
      : { sql: `blocked IS ${filter.blocked ? 'NOT ' : ''}NULL`, values: [] },
    filter.q === undefined ? undefined : anyContains(folded(validText(filter.q)), contain),
    when(filter.from, 'at >= ?'),
    when(filter.to, 'at < ?'),
  );
}

const SEARCHED = ['recipient', 'url', 'excerpt'];

function anyContains(text: string, contain: (column: string, text: string) => Condition): Condition {
  const each = SEARCHED.map((column) => contain(column, text));
  return {
    sql: `(${each.map(({ sql }) => sql).join(' OR ')})`,
    values: each.flatMap(({ values }) => values),
  };
}
