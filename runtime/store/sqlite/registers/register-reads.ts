import type Database from 'better-sqlite3';
import type { RegisterFilter, RegisterStore } from '../../register-store.ts';
import { entryOf, pageOfEntries, REGISTER_COLUMNS, type RegisterRow } from '../../rules/register-rows.ts';
import { allOf, type Condition, type SqlValue, when } from '../../rules/where.ts';
import { validText } from '../../text.ts';

export function sqliteRegisterReads(
  db: Database.Database,
): Pick<RegisterStore, 'getRegister' | 'listRegisters'> {
  const get = db.prepare<[string, string, string], RegisterRow>(
    `SELECT ${REGISTER_COLUMNS} FROM registers WHERE project_id = ? AND name = ? AND key = ?`,
  );

  return {
    async getRegister({ project_id, name, key }) {
      const row = get.get(project_id, validText(name), validText(key));
      return row && entryOf(row);
    },

    async listRegisters(projectId, filter, { limit, most_bytes }) {
      const where = allOf(when(projectId, 'project_id = ?'), conditionsOf(filter));
      const rows = db
        .prepare<SqlValue[], RegisterRow>(
          `SELECT ${REGISTER_COLUMNS} FROM registers WHERE ${where.sql} ORDER BY name, key LIMIT ?`,
        )
        .iterate(...where.values, limit + 1);
      const prefix = filter.name === undefined ? '' : validText(filter.prefix ?? '');
      return pageOfEntries(withPrefix(prefix, rows), limit, most_bytes);
    },
  };
}

/** The keys of a prefix stand together: the first other one ends them. */
function* withPrefix(prefix: string, rows: Iterable<RegisterRow>): Generator<RegisterRow> {
  for (const row of rows) {
    if (!row.key.startsWith(prefix)) return;
    yield row;
  }
}

function conditionsOf({ name, prefix, after, hidden = false }: RegisterFilter): Condition {
  if (name === undefined) {
    const last = after && [validText(after.name), validText(after.key)];
    return allOf(
      last && { sql: '(name, key) > (?, ?)', values: last },
      hidden ? undefined : { sql: "substr(name, 1, 1) <> '_'", values: [] },
    );
  }
  return allOf(
    when(validText(name), 'name = ?'),
    when(prefix && validText(prefix), 'key >= ?'),
    when(after && validText(after.key), 'key > ?'),
  );
}
