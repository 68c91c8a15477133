import type Database from 'better-sqlite3';

/** Runs queries that belong together on one state of the database: no month comes or goes in between. */
export function inSnapshot<Value>(db: Database.Database, read: () => Value): Value {
  return db.transaction(read).deferred();
}
