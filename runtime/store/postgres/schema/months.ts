import { firstUuidAt } from '../../../ids.ts';
import type { Session } from '../database/session.ts';

/** What is split by month, and how a partition's bounds are written for a time in milliseconds since 1970. */
const SPLIT = {
  finished_jobs: (at: number) => `'${firstUuidAt(at)}'`,
  logs: String,
  log_hours: String,
  ledger: String,
} as const;

export type SplitTable = keyof typeof SPLIT;
export const SPLIT_TABLES = Object.keys(SPLIT) as readonly SplitTable[];

export const partitionOf = (table: SplitTable, month: string): string => `${table}_${month}`;

/** Start of a month like `2026_11` and of the one after it. */
function boundsOf(month: string): readonly [number, number] {
  const [year, number] = month.split('_').map(Number) as [number, number];
  return [Date.UTC(year, number - 1), Date.UTC(year, number)];
}

/**
 * Makes the partition that holds a month, unless it is there; within a transaction. One process makes it while others who want it wait;
 * attached instead of created in place, it does not wait for those who write to other months.
 */
export async function makeMonth(session: Session, table: SplitTable, month: string): Promise<void> {
  const name = partitionOf(table, month);
  const [from, to] = boundsOf(month).map(SPLIT[table]) as [string, string];
  await session.rows(`SELECT pg_advisory_xact_lock(hashtext('months of ' || $1))`, [table]);
  if ((await session.row('SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1)', [name])) !== undefined)
    return;
  await session.rows(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)`);
  await session.rows(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`);
}

/** Months that have a partition, newest first. */
export async function readMonths(session: Session, table: SplitTable): Promise<readonly string[]> {
  const found = await session.rows<{ month: string }>(
    `SELECT right(relname, 7) AS month FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = $1::regclass ORDER BY 1 DESC`,
    [table],
  );
  return found.map(({ month }) => month);
}
