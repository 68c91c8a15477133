import type { AccessTokenRow, ErrandStore } from '../../errand-store.ts';
import type { Database } from '../database/database.ts';

/** An errand is a row with a lease: who dies on the way keeps the others waiting no longer than that. */
export function postgresErrands(database: Database): ErrandStore & {
  /** Those whose time is over at `now`: of processes that died on their way. */
  forgetErrands(now: number): Promise<void>;
} {
  return {
    async forgetErrands(now) {
      await database.changes(FORGET_ERRANDS, [now]);
    },
    async holdErrand(id, holder, now, until) {
      return (await database.changes(HOLD, [id, holder, until, now])) > 0;
    },
    async endErrand(id, holder) {
      await database.changes(END, [id, holder]);
    },
    putAccessToken: ({ id, project_id, sealed, expires_at }, now, most) =>
      database.transact(async (session) => {
        await session.changes(PUT, [id, project_id, sealed, expires_at]);
        await session.changes(FORGET_OLD, [now]);
        await session.changes(FORGET_MANY, [project_id, most]);
        await session.changes(FORGET_ERRANDS, [now]);
      }),
    async getAccessToken(id) {
      const row = await database.row<AccessTokenRow>(GET, [id]);
      return row && Object.freeze(row);
    },
  };
}

const HOLD = `INSERT INTO errands (id, holder, lease_until) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
  WHERE errands.holder = excluded.holder OR errands.lease_until <= $4`;
const END = 'DELETE FROM errands WHERE id = $1 AND holder = $2';
/** The project may have been deleted while its token was fetched. */
const PUT = `INSERT INTO access_tokens (id, project_id, sealed, expires_at)
  SELECT $1, id, $3, $4 FROM projects WHERE id = $2 FOR KEY SHARE
  ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`;
const GET = 'SELECT id, project_id, sealed, expires_at FROM access_tokens WHERE id = $1';

/** What somebody else is about to change or delete is left to them: who waits for each other in a circle is refused. */
const FORGET_OLD = `DELETE FROM access_tokens WHERE id IN (
  SELECT id FROM access_tokens WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)`;
const FORGET_MANY = `DELETE FROM access_tokens WHERE id IN (
  SELECT id FROM access_tokens WHERE project_id = $1 ORDER BY expires_at DESC, id OFFSET $2 FOR UPDATE SKIP LOCKED)`;
const FORGET_ERRANDS = `DELETE FROM errands WHERE id IN (
  SELECT id FROM errands WHERE lease_until <= $1 FOR UPDATE SKIP LOCKED)`;
