import type Database from 'better-sqlite3';
import { validText } from '../text.ts';
import type { TokenRow, TokenStore } from '../token-store.ts';
import type { Commits } from './database/group-commit.ts';

const COLUMNS = 'id, name, role, hash, created_at, created_by';

/** API tokens, by the hash of their text. */
export function sqliteTokens(db: Database.Database, commits: Commits): TokenStore {
  const put = db.prepare(
    `INSERT INTO tokens (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, hash = excluded.hash`,
  );
  const find = db.prepare<[string], TokenRow>(`SELECT ${COLUMNS} FROM tokens WHERE hash = ?`);
  const list = db.prepare<[], TokenRow>(`SELECT ${COLUMNS} FROM tokens ORDER BY created_at, id`);
  const remove = db.prepare<[string]>('DELETE FROM tokens WHERE id = ?');

  return {
    putToken: ({ id, name, role, hash, created_at, created_by }) =>
      commits.write(() => {
        put.run(id, validText(name), role, hash, created_at, validText(created_by));
      }),

    async findToken(hash) {
      const token = find.get(hash);
      return token && Object.freeze(token);
    },

    async listTokens() {
      return list.all().map((token) => Object.freeze(token));
    },

    deleteToken: (id) => commits.write(() => remove.run(id).changes > 0),
  };
}
