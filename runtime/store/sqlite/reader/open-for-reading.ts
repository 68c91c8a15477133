import Database from 'better-sqlite3';
import { addFunctions } from '../database/functions.ts';

/** Milliseconds to wait for the moment in which the writer begins its log anew. */
const BUSY_MS = 2_000;

/** A connection that can only read, beside the one that writes. Throws when the file is not there or cannot be read. */
export function openForReading(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  db.pragma('query_only = ON');
  db.pragma('trusted_schema = OFF');
  // Kibibytes, when negative.
  db.pragma('cache_size = -16384');
  // A damaged or shortened file would otherwise end the process instead of the query.
  db.pragma('mmap_size = 0');
  // It may not write files.
  db.pragma('temp_store = MEMORY');
  addFunctions(db);
  return db;
}
