import Database from 'better-sqlite3';
import { sql } from '../migrations/sqlite/0004-registers.ts';
import type { RegisterStore } from '../register-store.ts';
import { groupCommit } from './group-commit.ts';
import { sqliteRegisters } from './registers.ts';

/** Registers of whatever project, empty at first, that are gone when they are closed: for a job without a server. */
export function memoryRegisters(): RegisterStore & { close(): void } {
  const db = new Database(':memory:');
  // There is no table of projects here.
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  const commits = groupCommit(db);
  return {
    ...sqliteRegisters(db, commits),
    close() {
      commits.close();
      db.close();
    },
  };
}
