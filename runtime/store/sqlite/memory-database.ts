import Database from 'better-sqlite3';
import { type Commits, groupCommit } from './group-commit.ts';

/** A part of a store, made by `sql`, of whatever project: empty at first, and gone when it is closed. */
export function inMemory<Part>(
  sql: string,
  open: (db: Database.Database, commits: Commits) => Part,
): Part & { close(): void } {
  const db = new Database(':memory:');
  // There is no table of projects here.
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  const commits = groupCommit(db);
  return {
    ...open(db, commits),
    close() {
      commits.close();
      db.close();
    },
  };
}
