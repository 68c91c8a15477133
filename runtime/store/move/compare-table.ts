import type Database from 'better-sqlite3';
import type pg from 'pg';
import { AppError } from '../../app-error.ts';
import type { MoveOptions } from './move-report.ts';
import { keyText, type MovedTable, type Row, type Value } from './moved-table.ts';
import { postgresRows } from './postgres-rows.ts';
import { compareKeys } from './row-order.ts';
import { sqliteRows } from './sqlite-rows.ts';

export interface Compared extends Pick<MoveOptions, 'told'> {
  readonly sqlite: Database.Database;
  readonly client: pg.Client;
  readonly tables: readonly MovedTable[];
  /** Rows of each table, for who is told how far it is. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Compares one table after the other, as `compareTable` does. */
export async function compareAll({ sqlite, client, tables, counts, told }: Compared): Promise<void> {
  for (const table of tables) {
    const { name } = table;
    await compareTable(
      table,
      { sqlite: sqliteRows(sqlite, table), postgres: postgresRows(client, table) },
      (rows) => told({ step: 'compare', table: name, rows, of: counts.get(name) ?? rows }),
    );
  }
}

/** The two sides of a comparison, each in the order of the table's key. */
export interface Sides {
  readonly sqlite: Iterable<Row>;
  readonly postgres: AsyncIterable<readonly Row[]>;
}

/**
 * Compares every value of every row; resolves to the number of rows. Throws `move_differs` with the table and the key of the first row
 * that is missing on one side or that has another value there.
 */
export async function compareTable(
  table: MovedTable,
  { sqlite, postgres }: Sides,
  told: (rows: number) => void,
): Promise<number> {
  const rows = sqlite[Symbol.iterator]();
  const { comparable = (row: Row) => row } = table.postgres;
  let count = 0;
  try {
    for await (const batch of postgres) {
      for (const row of batch) {
        const next = rows.next();
        if (next.done) throw differs(table, row, 'is in PostgreSQL and not in SQLite');
        compareRows(table, comparable(next.value), row);
      }
      count += batch.length;
      told(count);
    }
    const more = rows.next();
    if (!more.done) throw differs(table, more.value, 'is in SQLite and not in PostgreSQL');
    return count;
  } finally {
    rows.return?.();
  }
}

function compareRows(table: MovedTable, sqlite: Row, postgres: Row): void {
  const { columns } = table;
  for (let place = 0; place < columns.length; place += 1) {
    if (isSame(sqlite[place] ?? null, postgres[place] ?? null)) continue;
    const order = compareKeys(table, sqlite, postgres);
    if (order < 0) throw differs(table, sqlite, 'is in SQLite and not in PostgreSQL');
    if (order > 0) throw differs(table, postgres, 'is in PostgreSQL and not in SQLite');
    throw differs(table, sqlite, `has another value in the column ${columns[place]?.name}`);
  }
}

/** Of zero SQLite keeps no sign, and "not a number" becomes null there: the one means the same, the other does not. */
const isSame = (one: Value, other: Value): boolean =>
  one === other || (Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other));

const differs = (table: MovedTable, row: Row, how: string): AppError =>
  new AppError(
    'move_differs',
    500,
    `The two sides differ: in ${table.name} the row with ${keyText(table, row)} ${how}.`,
  );
