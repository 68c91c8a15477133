import type Database from 'better-sqlite3';
import { folded } from '../../text.ts';

/** What SQL of this store calls beside SQLite's own functions, on each connection. */
export function addFunctions(db: Database.Database): void {
  db.function('folded', { deterministic: true, directOnly: true }, (text: unknown) =>
    typeof text === 'string' ? folded(text) : null,
  );
}
