import type Database from 'better-sqlite3';
import { addFunctions } from './functions.ts';

/** Makes a connection the one that writes the file. */
export function configure(db: Database.Database, durability: 'full' | 'relaxed'): void {
  prepareFile(db);
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  // Kibibytes, when negative.
  db.pragma('cache_size = -32768');
  db.pragma('journal_size_limit = 67108864');
  addFunctions(db);
  // Pages. Rows of jobs change several times before they rest: a later checkpoint writes them once.
  db.pragma('wal_autocheckpoint = 4000');
}

/** Before the first table is made; without effect later. */
export function prepareFile(db: Database.Database): void {
  // Retention gives bytes back.
  db.pragma('auto_vacuum = INCREMENTAL');
}
