import type Database from 'better-sqlite3';

/** Inclusive bounds of months like `2026_11`. */
export interface MonthBounds {
  readonly first?: string | undefined;
  readonly last?: string | undefined;
}

/** The tables of one base: `logs_2026_11`, `logs_2026_12`, ... */
export interface MonthTables {
  /** Months that have a table, newest first, within inclusive bounds. */
  months(bounds?: MonthBounds): readonly string[];
  table(month: string): string;
}

/** For reads: the months are looked up at each call, since another process may be the one that makes the tables. */
export const monthTables = (db: Database.Database, base: string): MonthTables => ({
  months: (bounds) => readMonths(db, base, bounds),
  table: (month) => tableOf(base, month),
});

export const tableOf = (base: string, month: string): string => `${base}_${month}`;

/** Months for which `base` has a table, newest first, within bounds, as the database has them now. */
export function readMonths(db: Database.Database, base: string, bounds: MonthBounds = {}): readonly string[] {
  const names = db
    .prepare<[string], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? ORDER BY name",
    )
    .pluck()
    .all(`${base}_[0-9][0-9][0-9][0-9]_[0-9][0-9]`);
  return monthsWithin(
    names.map((name) => name.slice(base.length + 1)),
    bounds,
  );
}

/** Those of `months`, which are given oldest first, that are within bounds, newest first. */
export function monthsWithin(
  months: readonly string[],
  { first, last }: MonthBounds = {},
): readonly string[] {
  return months
    .filter((month) => (first === undefined || month >= first) && (last === undefined || month <= last))
    .reverse();
}
