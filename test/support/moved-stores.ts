import { join } from 'node:path';
import Database from 'better-sqlite3';
import { moveToPostgres } from '../../runtime/store/move/move-to-postgres.ts';
import { moveToSqlite } from '../../runtime/store/move/move-to-sqlite.ts';

/** Moves as the command does, silently. */
export const toPostgres = (dataDir: string, url: string, restart = false) =>
  moveToPostgres({ dataDir, url, restart, told: () => {} });
export const toSqlite = (dataDir: string, url: string, restart = false) =>
  moveToSqlite({ dataDir, url, restart, told: () => {} });

/** Every row of every table of a data directory's file, and the indexes that it has. */
export function contentsOf(dir: string): Readonly<Record<string, readonly unknown[]>> {
  const db = new Database(join(dir, 'sluice.db'), { readonly: true });
  try {
    const names = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all()
      .filter((name) => name !== 'schema_version');
    // By all columns: not every table has an order of its own.
    const rows = names.map((name): [string, readonly unknown[]] => [
      name,
      db
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    ]);
    const indexes = db
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name")
      .all();
    return Object.fromEntries([...rows, ['indexes', indexes]]);
  } finally {
    db.close();
  }
}
