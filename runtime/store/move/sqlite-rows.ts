import type Database from 'better-sqlite3';
import { hasTable } from '../sqlite/schema/migrate.ts';
import { readMonths, tableOf } from '../sqlite/schema/month-tables.ts';
import { keySql, type MovedTable, quoted, type Row } from './moved-table.ts';
import { mayHaveNoName } from './postgres-forms.ts';
import { mergeRows } from './row-order.ts';
import { isSplit, SPLIT } from './split-tables.ts';

/** The tables in which SQLite keeps the rows of one that is moved. */
export function tablesOf(db: Database.Database, { name }: MovedTable): readonly string[] {
  if (!isSplit(name)) return hasTable(db, name) ? [name] : [];
  const { base } = SPLIT[name];
  return readMonths(db, base)
    .toReversed()
    .map((month) => tableOf(base, month));
}

/** All rows of a table in the order of its key. What was begun must be read to its end, or ended with `return`. */
export function sqliteRows(db: Database.Database, table: MovedTable): Iterable<Row> {
  const sources = tablesOf(db, table).map((name) => rowsOf(db, table, name));
  const [only] = sources;
  return sources.length === 1 && only !== undefined ? only : mergeRows(table, sources);
}

export function countRows(db: Database.Database, table: MovedTable): number {
  return tablesOf(db, table).reduce(
    (sum, name) =>
      sum +
      (db
        .prepare<[], number>(`SELECT count(*) FROM ${quoted(name)}`)
        .pluck()
        .get() ?? 0),
    0,
  );
}

function rowsOf(db: Database.Database, table: MovedTable, name: string): Iterable<Row> {
  const columns = table.columns.map((column) =>
    mayHaveNoName(table.name, column.name) ? `nullif(${quoted(column.name)}, 0)` : quoted(column.name),
  );
  return db
    .prepare<[], Row>(`SELECT ${columns.join(', ')} FROM ${quoted(name)} ORDER BY ${keySql(table)}`)
    .raw()
    .iterate();
}
