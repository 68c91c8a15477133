import { foldedUser, keptUser, keptValues, storedValues } from '../postgres/records/kept-values.ts';
import type { StoredValues } from '../record-store.ts';
import { validText } from '../text.ts';
import { type PostgresForm, quoted, type Row } from './moved-table.ts';

/**
 * Records. PostgreSQL keeps values as jsonb, of which the names come in another order than they were written in; with what it needs to
 * search them beside. SQLite has the text that was written. Both sides are compared, and SQLite is given them, with names in order.
 */
export const recordsForm = (table: string): PostgresForm => ({
  select: (key) => `
    SELECT id::bigint, version, create_date::bigint, write_date::bigint, create_uid::text, write_uid::text, data::text
    FROM ${quoted(table)} ORDER BY ${key}`,

  columns: [
    { name: 'id', kind: 'real' },
    { name: 'version', kind: 'integer' },
    { name: 'create_date', kind: 'real' },
    { name: 'write_date', kind: 'real' },
    { name: 'create_uid', kind: 'json' },
    { name: 'write_uid', kind: 'json' },
    { name: 'data', kind: 'jsonb' },
    { name: 'folded', kind: 'jsonb' },
    { name: 'bytes', kind: 'integer' },
    { name: 'length', kind: 'integer' },
  ],

  keep(row) {
    const [maker, writer] = usersOf(row);
    const { data, folded, bytes, length } = keptValues(valuesOf(row));
    const parts = [folded, foldedUser(maker, 'create_uid'), foldedUser(writer, 'write_uid')]
      .filter((part) => part !== null)
      .map((part): object => JSON.parse(part));
    const all = parts.length === 0 ? null : JSON.stringify(Object.assign({}, ...parts));
    return [...row.slice(0, USERS), maker, writer, data, all, bytes, length];
  },

  restore: (row) => withValues(row, storedValues(JSON.parse(String(row[DATA])))),

  comparable(row) {
    const [maker, writer] = usersOf(row);
    const values = Object.entries(valuesOf(row)).map(([name, value]) => [
      name,
      typeof value === 'string' ? validText(value) : value,
    ]);
    return withValues(row.with(USERS, maker).with(USERS + 1, writer), Object.fromEntries(values));
  },
});

/** Places in a row of SQLite: of `create_uid` and `write_uid`, and of the values. */
const USERS = 4;
const DATA = 6;

const usersOf = (row: Row): readonly [string, string] => [
  keptUser(String(row[USERS])),
  keptUser(String(row[USERS + 1])),
];

const valuesOf = (row: Row): StoredValues => JSON.parse(String(row[DATA]));

function withValues(row: Row, values: StoredValues): Row {
  const inOrder = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return row.with(DATA, JSON.stringify(Object.fromEntries(inOrder)));
}
