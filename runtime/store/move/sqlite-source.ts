import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { messageOf } from '../../../sandbox/message-of.ts';
import { MIGRATIONS } from '../migrations/all.ts';
import { openForReading } from '../sqlite/reader/open-for-reading.ts';
import { refuseUnfinished, schemaVersion } from '../sqlite/schema/migrate.ts';
import { otherVersion, refusal } from './refusal.ts';

/** Opens the file to be moved, which is only read. Throws a refusal when it is missing, damaged, not whole, or of another version. */
export function openSqliteSource(file: string): Database.Database {
  if (!existsSync(file))
    throw refusal('no_data', `There is no database ${file}. Name the data directory with --data.`);
  let db: Database.Database | undefined;
  try {
    db = openForReading(file);
    refuseUnfinished(db, file);
    const version = schemaVersion(db);
    if (version !== MIGRATIONS.length) throw otherVersion(`The database ${file}`, version);
    return db;
  } catch (error) {
    db?.close();
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_'))) throw error;
    throw refusal('no_data', `The database ${file} cannot be read: ${messageOf(error)}.`, error);
  }
}
