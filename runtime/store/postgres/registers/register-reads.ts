import type { RegisterStore } from '../../register-store.ts';
import { entryOf, pageOfEntries, REGISTER_COLUMNS, type RegisterRow } from '../../rules/register-rows.ts';
import { validText } from '../../text.ts';
import type { Session } from '../database/session.ts';

export function postgresRegisterReads(
  session: Session,
): Pick<RegisterStore, 'getRegister' | 'listRegisters'> {
  return {
    async getRegister({ project_id, name, key }) {
      const row = await session.row<RegisterRow>(GET, [project_id, validText(name), validText(key)]);
      return row && entryOf(row);
    },

    async listRegisters(projectId, { name, prefix, after, hidden = false }, { limit, most_bytes }) {
      const last = after && [validText(name ?? after.name), validText(after.key)];
      const rows = await session.rows<RegisterRow>(LIST, [
        projectId,
        name === undefined ? null : validText(name),
        name === undefined ? '' : validText(prefix ?? ''),
        ...(last ?? [null, null]),
        hidden,
        limit + 1,
        most_bytes,
      ]);
      return pageOfEntries(rows, limit, most_bytes);
    },
  };
}

const GET = {
  name: 'get register',
  text: `SELECT ${REGISTER_COLUMNS} FROM registers WHERE project_id = $1 AND name = $2 AND key = $3`,
};

/**
 * Of the values only those leave the database that a page has room for, and the one after them: one always has. Not prepared: what is not asked for
 * falls out when it is planned with its values, and `^@` looks into the index then.
 */
const LIST = `
SELECT ${REGISTER_COLUMNS} FROM (
  SELECT *, sum(bytes) OVER places AS bytes_so_far, row_number() OVER places AS place FROM (
    SELECT ${REGISTER_COLUMNS} FROM registers
    WHERE project_id = $1 AND ($2::text IS NULL OR name = $2) AND ($3 = '' OR key ^@ $3::text)
      AND ($4::text IS NULL OR (name, key) > ($4, $5::text))
      AND ($2::text IS NOT NULL OR $6::boolean OR substr(name, 1, 1) <> '_')
    ORDER BY name, key LIMIT $7::bigint
  ) AS page WINDOW places AS (ORDER BY name, key)
) AS counted WHERE place <= 2 OR bytes_so_far - bytes <= $8::bigint ORDER BY place`;
