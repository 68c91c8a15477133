import type Database from 'better-sqlite3';
import { folded } from '../text.ts';

/** Gives a connection the functions that our SQL calls. */
export function addFunctions(db: Database.Database): void {
  db.function('folded', { deterministic: true, directOnly: true }, (text: string) => folded(text));
}
