import { validText } from '../../text.ts';
import type { EndWish, WishStore } from '../../wish-store.ts';
import type { Session } from '../database/session.ts';

/** Wishes are kept with their jobs, and end with them. `process` names this one. */
export function postgresWishes(database: Session, process: string): WishStore {
  return {
    async wishEnd(jobId, reason) {
      return (await database.changes(WISH, [jobId, validText(reason)])) > 0;
    },
    async endWishes() {
      const wishes = await database.rows<EndWish>(WISHES, [process]);
      return wishes.map((each) => Object.freeze(each));
    },
  };
}

const WISH = {
  name: 'wish end',
  text: 'UPDATE jobs SET end_wish = coalesce(end_wish, $2) WHERE id = $1',
};
const WISHES = {
  name: 'end wishes',
  text: `SELECT id, end_wish AS reason FROM jobs
    WHERE end_wish IS NOT NULL AND (status = 'queued' OR process = $1) ORDER BY id`,
};
