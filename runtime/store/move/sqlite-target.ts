import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { prepareFile } from '../sqlite/database/configure.ts';
import { createRecordsTable } from '../sqlite/records/tables.ts';
import { hasTable, migrate } from '../sqlite/schema/migrate.ts';
import { MOVING_TABLE } from '../unfinished-move.ts';
import { refusal, unfinishedTarget } from './refusal.ts';

export interface SqliteTargetOptions {
  /** Numbers of the models that get a table. */
  readonly models: readonly number[];
  readonly restart: boolean;
  readonly now: number;
}

/**
 * Makes a new file with all tables but those of months, and the one that says that they are not filled yet. Throws a refusal when there
 * is a file; with `restart` one that an earlier move has begun goes first.
 */
export function beginSqliteTarget(
  file: string,
  { models, restart, now }: SqliteTargetOptions,
): Database.Database {
  if (existsSync(file)) removeUnfinished(file, restart);
  closeSync(openSync(file, 'wx', 0o600));
  const db = new Database(file);
  prepareFile(db);
  // Nobody opens the file before it is whole, and whole is said after it is on disk.
  db.pragma('synchronous = OFF');
  db.pragma('locking_mode = EXCLUSIVE');
  // Kibibytes, when negative.
  db.pragma('cache_size = -262144');
  db.exec(`CREATE TABLE ${MOVING_TABLE} (began_at INTEGER NOT NULL) STRICT`);
  db.prepare(`INSERT INTO ${MOVING_TABLE} VALUES (?)`).run(now);
  migrate(db, file, now);
  for (const model of models) db.exec(createRecordsTable(model));
  return db;
}

/** Says that the store is whole, once all of it is on disk. Closes it. */
export function finishSqliteTarget(db: Database.Database, file: string): void {
  db.close();
  sync(file);
  const last = new Database(file);
  last.pragma('journal_mode = WAL');
  last.pragma('synchronous = FULL');
  last.exec(`DROP TABLE ${MOVING_TABLE}`);
  last.close();
  sync(path.dirname(file));
}

function sync(place: string): void {
  const opened = openSync(place, 'r');
  fsyncSync(opened);
  closeSync(opened);
}

function removeUnfinished(file: string, restart: boolean): void {
  const where = `The database ${file}`;
  if (!isUnfinished(file))
    throw refusal(
      'target_not_empty',
      `${where} is there already. Move it away, or name another data directory with --data.`,
    );
  if (!restart) throw unfinishedTarget(where);
  for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}

function isUnfinished(file: string): boolean {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true });
    // A move that was killed at its first step left a file without a table.
    return hasTable(db, MOVING_TABLE) || db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  } catch {
    // What cannot be read may be anything, and is not removed.
    return false;
  } finally {
    db?.close();
  }
}
