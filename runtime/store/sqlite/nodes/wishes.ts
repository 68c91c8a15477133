import type Database from 'better-sqlite3';
import { validText } from '../../text.ts';
import type { EndWish, WishStore } from '../../wish-store.ts';
import type { Commits } from '../database/group-commit.ts';

/** Wishes are kept with their jobs, and end with them. `process` names this one. */
export function sqliteWishes(db: Database.Database, commits: Commits, process: string): WishStore {
  const wish = db.prepare<[string, string]>('UPDATE jobs SET end_wish = coalesce(end_wish, ?) WHERE id = ?');
  const list = db.prepare<[string], EndWish>(
    `SELECT id, end_wish AS reason FROM jobs
     WHERE end_wish IS NOT NULL AND (status = 'queued' OR process = ?) ORDER BY id`,
  );
  return {
    wishEnd: (jobId, reason) => commits.write(() => wish.run(validText(reason), jobId).changes > 0),
    async endWishes() {
      return list.all(process).map((each) => Object.freeze(each));
    },
  };
}
