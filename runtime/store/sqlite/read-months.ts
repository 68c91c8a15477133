import type Database from 'better-sqlite3';

export interface MonthBounds {
  readonly first?: string | undefined;
  readonly last?: string | undefined;
}

/** Months for which `base` has a table, newest first, within inclusive bounds, as the database has them now. */
export function readMonths(
  db: Database.Database,
  base: string,
  { first, last }: MonthBounds = {},
): readonly string[] {
  return db
    .prepare<[string], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? ORDER BY name DESC",
    )
    .pluck()
    .all(`${base}_[0-9][0-9][0-9][0-9]_[0-9][0-9]`)
    .map((name) => name.slice(base.length + 1))
    .filter((month) => (first === undefined || month >= first) && (last === undefined || month <= last));
}
