import type Database from 'better-sqlite3';
import type { Commits } from '../database/group-commit.ts';
import { type MonthTables, monthsWithin, readMonths, tableOf } from './month-tables.ts';

/** A table split by month: `logs_2026_11`, `logs_2026_12`, ... */
export interface Partitions<Statements> extends MonthTables {
  /** What writes to that month's table, which is made when it is missing; only within a transaction. */
  write(month: string): Statements;
  has(month: string): boolean;
  /** Removes that month's table; only within a transaction. */
  drop(month: string): void;
}

/**
 * Keeps which months of `base` exist, for the one connection that writes. `create` gives the SQL that makes a table, `prepare` the statements that write to
 * it, prepared once per table.
 */
export function partitions<Statements>(
  db: Database.Database,
  commits: Commits,
  base: string,
  create: (table: string) => string,
  prepare: (table: string) => Statements,
): Partitions<Statements> {
  const table = (month: string): string => tableOf(base, month);
  const read = (): string[] => readMonths(db, base).toReversed();
  const statements = new Map<string, Statements>();
  let known = read();

  commits.follow({
    begin() {},
    committed() {},
    undone() {
      known = readMonths(db, base).toReversed();
      for (const month of statements.keys()) if (!known.includes(month)) statements.delete(month);
    },
  });

  return {
    write(month) {
      const cached = statements.get(month);
      if (cached !== undefined) return cached;
      if (!known.includes(month)) {
        db.exec(create(table(month)));
        known = [...known, month].sort();
      }
      const prepared = prepare(table(month));
      statements.set(month, prepared);
      return prepared;
    },
    months: (bounds) => monthsWithin(known, bounds),
    has: (month) => known.includes(month),
    drop(month) {
      db.exec(`DROP TABLE IF EXISTS ${table(month)}`);
      statements.delete(month);
      known = known.filter((each) => each !== month);
    },
    table,
  };
}
