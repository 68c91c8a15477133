import type Database from 'better-sqlite3';
import type { FieldSpec } from '../../record-store.ts';
import type { Commits } from '../database/group-commit.ts';
import { recordsTable, valueSql } from './field-sql.ts';

/** Columns of a record in the order of `RecordRow`. */
export const RECORD_COLUMNS = 'id, version, create_date, write_date, create_uid, write_uid, data';

export interface RecordStatements {
  readonly get: Database.Statement<[number], { readonly version: number; readonly bytes: number }>;
  readonly insert: Database.Statement;
  readonly update: Database.Statement;
  readonly remove: Database.Statement<[number]>;
}

/** The tables of models by number, which are made as they are needed; all but `table` only within a transaction. */
export interface RecordTables {
  /** What writes to the model's table, which is made when it is missing. */
  write(model: number): RecordStatements;
  /** Makes the indexes of the table those that its fields ask for. Throws SQLite's error when a unique one cannot be. */
  index(model: number, fields: Iterable<FieldSpec>): void;
  /** Tables that were made may have been undone. */
  forget(): void;
}

/** `data` is a JSON object of stored values. */
export const createRecordsTable = (model: number): string => `
CREATE TABLE IF NOT EXISTS ${recordsTable(model)} (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  create_date INTEGER NOT NULL,
  write_date INTEGER NOT NULL,
  create_uid TEXT NOT NULL,
  write_uid TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ${recordsTable(model)}_write_date ON ${recordsTable(model)} (write_date);
`;

export function recordTables(db: Database.Database, commits: Commits): RecordTables {
  const known = new Map<number, RecordStatements>();
  const indexes = db
    .prepare<[string], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    )
    .pluck();

  const forget = (): void => known.clear();
  // A table that was made in it is gone with the transaction.
  commits.follow({ begin() {}, committed() {}, undone: forget });

  function write(model: number): RecordStatements {
    const cached = known.get(model);
    if (cached !== undefined) return cached;
    db.exec(createRecordsTable(model));
    const table = recordsTable(model);
    const statements: RecordStatements = {
      get: db.prepare(`SELECT version, octet_length(data) AS bytes FROM ${table} WHERE id = ?`),
      insert: db.prepare(`INSERT INTO ${table} (${RECORD_COLUMNS}) VALUES (?, 1, ?, ?, ?, ?, ?)`),
      update: db.prepare(
        `UPDATE ${table} SET version = version + 1, write_date = ?, write_uid = ?, data = ? WHERE id = ?`,
      ),
      remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
    };
    known.set(model, statements);
    return statements;
  }

  return {
    write,
    forget,

    index(model, fields) {
      write(model);
      const table = recordsTable(model);
      const wanted = new Map<string, string>();
      for (const { name, unique, index } of fields) {
        if (!unique && !index) continue;
        wanted.set(`${table}_${unique ? 'unique' : 'by'}_${name}`, valueSql(name));
      }
      const there = new Set(indexes.all(table).filter((name) => /_(unique|by)_/.test(name)));
      for (const name of there) if (!wanted.has(name)) db.exec(`DROP INDEX ${name}`);
      for (const [name, sql] of wanted) {
        if (there.has(name)) continue;
        const kind = name.startsWith(`${table}_unique_`) ? 'UNIQUE INDEX' : 'INDEX';
        db.exec(`CREATE ${kind} ${name} ON ${table} (${sql})`);
      }
    },
  };
}

/** The field whose uniqueness an error of SQLite is about; undefined when it is about something else. */
export function duplicatedField(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /UNIQUE constraint failed: index 'records_\d+_unique_(\w+)'/.exec(error.message)?.[1];
}
