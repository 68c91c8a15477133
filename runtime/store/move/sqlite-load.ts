import type Database from 'better-sqlite3';
import { monthOf } from '../months.ts';
import { tableOf } from '../sqlite/schema/month-tables.ts';
import { type MovedTable, quoted, type Row } from './moved-table.ts';
import { mayHaveNoName } from './postgres-forms.ts';
import { isSplit, SPLIT } from './split-tables.ts';

/**
 * Puts rows into a table, or into those of their months, which are made for them; all of them or none. `made` is called after a
 * table was made, `told` hears how many rows there are so far.
 */
export async function loadSqlite(
  db: Database.Database,
  table: MovedTable,
  batches: AsyncIterable<readonly Row[]>,
  { made, told }: { made(): void; told(rows: number): void },
): Promise<void> {
  const split = isSplit(table.name) ? SPLIT[table.name] : undefined;
  const time = table.columns.findIndex(({ name }) => name === split?.by);
  const columns = table.columns.map(({ name }) => quoted(name));
  const places = table.columns.map(({ name }): string =>
    mayHaveNoName(table.name, name) ? 'ifnull(?, 0)' : '?',
  );
  if (table.name === 'log_totals') {
    // Set when the lines are there: `raiseNumbers`.
    columns.push('newest_id');
    places.push('0');
  }
  const statements = new Map<string, Database.Statement>();

  const nameFor = (row: Row): string =>
    split === undefined ? table.name : tableOf(split.base, monthOf(Number(row[time])));

  function statementFor(name: string): Database.Statement {
    const cached = statements.get(name);
    if (cached !== undefined) return cached;
    if (split !== undefined) {
      db.exec(split.create(name));
      made();
    }
    const statement = db.prepare(
      `INSERT INTO ${quoted(name)} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    );
    statements.set(name, statement);
    return statement;
  }

  let count = 0;
  db.exec('BEGIN');
  try {
    for await (const rows of batches) {
      for (const row of rows) statementFor(nameFor(row)).run(row);
      count += rows.length;
      told(count);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
