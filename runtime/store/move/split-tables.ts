import { finishedJobsTable, ledgerTable, logHoursTable, logsTable } from '../partition-tables.ts';
import type { SplitTable } from '../postgres/schema/months.ts';

interface Split {
  /** What SQLite's tables of its months are called, before the month. */
  readonly base: string;
  /** The column whose month says which of them holds a row. */
  readonly by: string;
  create(table: string): string;
}

/** Tables of PostgreSQL that are split by month, and those that SQLite has in their place. */
export const SPLIT: Readonly<Record<SplitTable, Split>> = {
  finished_jobs: { base: 'jobs', by: 'created_at', create: finishedJobsTable },
  logs: { base: 'logs', by: 'at', create: logsTable },
  log_hours: { base: 'log_hours', by: 'hour', create: logHoursTable },
  ledger: { base: 'ledger', by: 'at', create: ledgerTable },
};

export const isSplit = (name: string): name is SplitTable => Object.hasOwn(SPLIT, name);

/** `finished_jobs` and `2026_11` for `jobs_2026_11`; undefined for a table that is not one of a month. */
export function monthTable(name: string): { readonly table: SplitTable; readonly month: string } | undefined {
  const [, base, month] = /^(\w+)_(\d{4}_\d{2})$/.exec(name) ?? [];
  const table = Object.keys(SPLIT).find(
    (each): each is SplitTable => isSplit(each) && SPLIT[each].base === base,
  );
  return table === undefined || month === undefined ? undefined : { table, month };
}
