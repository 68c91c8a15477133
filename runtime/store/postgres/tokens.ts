import { validText } from '../text.ts';
import type { TokenRow, TokenStore } from '../token-store.ts';
import type { Session } from './database/session.ts';

/** API tokens, by the hash of their text. */
export function postgresTokens(session: Session): TokenStore {
  return {
    async putToken({ id, name, role, hash, created_at, created_by }) {
      await session.rows(PUT, [id, validText(name), role, hash, created_at, validText(created_by)]);
    },

    async findToken(hash) {
      const token = await session.row<TokenRow>(FIND, [hash]);
      return token && Object.freeze(token);
    },

    async listTokens() {
      return (await session.rows<TokenRow>(LIST)).map((token) => Object.freeze(token));
    },

    deleteToken: async (id) => (await session.changes(DELETE, [validText(id)])) > 0,
  };
}

const COLUMNS = 'id, name, role, hash, created_at, created_by';

const PUT = {
  name: 'put token',
  text: `INSERT INTO tokens (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, hash = excluded.hash`,
};
const FIND = { name: 'find token', text: `SELECT ${COLUMNS} FROM tokens WHERE hash = $1` };
const LIST = { name: 'list tokens', text: `SELECT ${COLUMNS} FROM tokens ORDER BY created_at, id` };
const DELETE = { name: 'delete token', text: 'DELETE FROM tokens WHERE id = $1' };
