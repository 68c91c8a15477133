import Database from 'better-sqlite3';
import { createRecordsTable } from '../sqlite/records/tables.ts';
import { migrate } from '../sqlite/schema/migrate.ts';
import type { CatalogTable } from './catalog-table.ts';
import type { ValueKind } from './moved-table.ts';
import { refusal } from './refusal.ts';
import { monthTable, SPLIT } from './split-tables.ts';

/** All tables of a database but SQLite's own. */
const sqliteTables = (db: Database.Database): readonly string[] =>
  db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name",
    )
    .pluck()
    .all();

/**
 * The newest schema as SQLite has it: tables that are split by month under PostgreSQL's name for them, and tables of records for
 * models with these numbers.
 */
export function sqlitePattern(models: readonly number[]): ReadonlyMap<string, CatalogTable<ValueKind>> {
  const db = new Database(':memory:');
  try {
    migrate(db, 'memory', 0);
    for (const [name, { create }] of Object.entries(SPLIT)) db.exec(create(name));
    for (const model of models) db.exec(createRecordsTable(model));
    return new Map(
      sqliteTables(db).map((name) => [
        name,
        { name, columns: columnsOf(db, name), key: keyOf(db, name), after: [] },
      ]),
    );
  } finally {
    db.close();
  }
}

/** Refuses a file with tables or columns that the newest schema does not have: nothing may be left behind unseen. */
export function checkTables(
  db: Database.Database,
  pattern: ReadonlyMap<string, CatalogTable<ValueKind>>,
  where: string,
): void {
  for (const name of sqliteTables(db)) {
    const known = pattern.get(monthTable(name)?.table ?? name);
    const columns = [...columnsOf(db, name).keys()].sort().join(', ');
    if (known !== undefined && [...known.columns.keys()].sort().join(', ') === columns) continue;
    throw refusal(
      'schemas_differ',
      `${where} has the table ${name} with the columns ${columns}, which this version of Sluice does not know. ` +
        'Remove it when it is not of Sluice; otherwise use the version of Sluice that made it.',
    );
  }
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  /** 2 and 3: made of other columns. */
  readonly hidden: number;
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  INTEGER: 'integer',
  REAL: 'real',
  TEXT: 'text',
  BLOB: 'bytes',
  // Of the roll-ups of log lines: a name, or 0 for none.
  ANY: 'text',
};

const keyOf = (db: Database.Database, table: string): readonly string[] =>
  db
    .prepare<[string], string>('SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table);

function columnsOf(db: Database.Database, table: string): ReadonlyMap<string, ValueKind> {
  const columns = db
    .prepare<[string], ColumnInfo>('SELECT name, type, hidden FROM pragma_table_xinfo(?)')
    .all(table);
  return new Map(
    columns
      .filter(({ hidden }) => hidden === 0)
      .map(({ name, type }) => {
        const kind = KINDS[type];
        if (kind === undefined)
          throw refusal('schemas_differ', `${table}.${name} is of the type ${type}, which cannot be moved.`);
        return [name, kind];
      }),
  );
}
