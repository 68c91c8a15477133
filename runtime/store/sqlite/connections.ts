import type Database from 'better-sqlite3';
import type { BegunRow, ConnectionStore } from '../connection-store.ts';
import type { Commits } from './database/group-commit.ts';

/** Connections that people have begun at OAuth 2 providers. */
export function sqliteConnections(db: Database.Database, commits: Commits): ConnectionStore {
  const put = db.prepare('INSERT INTO begun_connections (id, sealed, expires_at) VALUES (?, ?, ?)');
  const forget = db.prepare<[number, number]>(
    `DELETE FROM begun_connections WHERE expires_at <= ? OR id IN (
       SELECT id FROM begun_connections ORDER BY expires_at DESC, id LIMIT -1 OFFSET ?)`,
  );
  const take = db.prepare<[string], BegunRow>(
    'DELETE FROM begun_connections WHERE id = ? RETURNING id, sealed, expires_at',
  );
  return {
    putBegun: ({ id, sealed, expires_at }, now, most) =>
      commits.write(() => {
        put.run(id, sealed, expires_at);
        forget.run(now, most);
      }),
    takeBegun: (id) =>
      commits.write(() => {
        const begun = take.get(id);
        return begun && Object.freeze(begun);
      }),
  };
}
