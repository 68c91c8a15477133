import { monthOf } from '../../months.ts';
import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
import { isWithoutMonth } from '../database/store-errors.ts';
import { makeMonth, readMonths, SPLIT_TABLES, type SplitTable } from './months.ts';

/** The partitions that this process knows to be there, so that a write need not ask. */
export interface KnownMonths {
  /** Makes those that hold these times, in transactions of their own: before a write begins. Times in milliseconds since 1970. */
  ready(table: SplitTable, times: Iterable<number>): Promise<void>;
  /** The same within a transaction that is open. */
  within(session: Session, table: SplitTable, times: Iterable<number>): Promise<void>;
  /** What a write comes to. When a month of it was missing after all, since another process has dropped it, all are asked for again. */
  orForget<Value>(write: Promise<Value>): Promise<Value>;
}

export async function knownMonths(database: Database): Promise<KnownMonths> {
  const known = new Set<string>();
  const making = new Map<string, Promise<void>>();
  const keyOf = (table: SplitTable, month: string): string => `${table} ${month}`;
  for (const table of SPLIT_TABLES)
    for (const month of await readMonths(database, table)) known.add(keyOf(table, month));

  function missing(table: SplitTable, times: Iterable<number>): readonly string[] {
    const months = new Set<string>();
    let last = Number.NaN;
    for (const at of times) {
      // Most rows of one write are of one moment.
      if (at !== last) months.add(monthOf(at));
      last = at;
    }
    return [...months].filter((month) => !known.has(keyOf(table, month))).sort();
  }

  function make(table: SplitTable, month: string): Promise<void> {
    const key = keyOf(table, month);
    const begun = making.get(key);
    if (begun !== undefined) return begun;
    const made = database
      .transact((session) => makeMonth(session, table, month))
      .then(() => void known.add(key))
      .finally(() => making.delete(key));
    making.set(key, made);
    return made;
  }

  return {
    async ready(table, times) {
      for (const month of missing(table, times)) await make(table, month);
    },
    async within(session, table, times) {
      for (const month of missing(table, times)) {
        // Gone again when this transaction is undone, so it is known only once it was made by itself.
        await makeMonth(session, table, month);
        make(table, month).catch(() => {});
      }
    },
    async orForget(write) {
      try {
        return await write;
      } catch (error) {
        if (isWithoutMonth(error)) known.clear();
        throw error;
      }
    },
  };
}
