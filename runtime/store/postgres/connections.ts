import type { BegunRow, ConnectionStore } from '../connection-store.ts';
import type { Database } from './database/database.ts';

/** Connections that people have begun at OAuth 2 providers. */
export function postgresConnections(database: Database): ConnectionStore {
  return {
    putBegun: ({ id, sealed, expires_at }, now, most) =>
      database.transact(async (session) => {
        await Promise.all([
          session.rows(PUT, [id, sealed, expires_at]),
          session.rows(FORGET_OLD, [now]),
          session.rows(FORGET_MANY, [most]),
        ]);
      }),
    async takeBegun(id) {
      const begun = await database.row<BegunRow>(TAKE, [id]);
      return begun && Object.freeze(begun);
    },
  };
}

const PUT = 'INSERT INTO begun_connections (id, sealed, expires_at) VALUES ($1, $2, $3)';
const FORGET_OLD = 'DELETE FROM begun_connections WHERE expires_at <= $1';
const FORGET_MANY = `DELETE FROM begun_connections WHERE id IN (
  SELECT id FROM begun_connections ORDER BY expires_at DESC, id OFFSET $1)`;
const TAKE = 'DELETE FROM begun_connections WHERE id = $1 RETURNING id, sealed, expires_at';
