import type { RecordsWrite } from '../../record-store.ts';
import { allEnded } from '../database/all-ended.ts';
import type { Session } from '../database/session.ts';
import { recordsTable } from './field-sql.ts';
import { type PlannedChange, partsOf, rowsJson } from './planned-changes.ts';

/** What is there of the records that a write changes; held until its transaction ends. */
export interface Held {
  /** By id. */
  readonly records: ReadonlyMap<number, { readonly version: number; readonly bytes: number }>;
  /** Bytes of the files that may change, by record and field. */
  readonly files: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Values of some field must differ: then it matters which change comes first. */
  readonly isUnique: boolean;
}

/** When it is written, and JSON of by whom, as it is kept. */
export type Writer = Pick<RecordsWrite, 'at' | 'user'>;

/** Holds the records in order of id, so that two who want the same ones wait for each other, and not both. */
export async function holdRecords(
  session: Session,
  model: number,
  changes: readonly PlannedChange[],
): Promise<Held> {
  const ids = changes.map(({ id }) => id);
  const table = recordsTable(model);
  const withFiles = changes.filter(({ kept, files }) => kept === null || files.size > 0).map(({ id }) => id);
  const [records, files, unique] = await allEnded([
    session.rows<{ id: number; version: number; bytes: number }>(
      `SELECT id, version, bytes FROM ${table} WHERE id = ANY ($1::float8[]) ORDER BY id FOR UPDATE`,
      [ids],
    ),
    withFiles.length === 0
      ? Promise.resolve([])
      : session.rows<{ id: number; field: string; bytes: number }>(FILE_SIZES, [model, withFiles]),
    session.row<{ is: boolean }>(IS_UNIQUE, [table]),
  ]);
  const byRecord = new Map<number, Map<string, number>>();
  for (const { id, field, bytes } of files)
    byRecord.set(id, (byRecord.get(id) ?? new Map<string, number>()).set(field, bytes));
  return {
    records: new Map(records.map(({ id, ...row }) => [id, row])),
    files: byRecord,
    isUnique: unique?.is === true,
  };
}

/** Writes the changes of records that are held. Resolves with the id of one that another process made first; null: all were written. */
export async function changeRows(
  session: Session,
  model: number,
  changes: readonly PlannedChange[],
  { isUnique, write }: Pick<Held, 'isUnique'> & { readonly write: Writer },
): Promise<number | null> {
  const { at, user } = write;
  const table = recordsTable(model);
  const groups = isUnique ? changes.map((change) => [change]) : partsOf(changes);
  const made: Promise<readonly number[]>[] = [];
  const others: Promise<unknown>[] = [];
  for (const group of groups) {
    const removed = group.filter(({ kept }) => kept === null).map(({ id }) => id);
    const updated = group.filter(({ kept, expected }) => kept !== null && expected !== null);
    const inserted = group.filter(({ kept, expected }) => kept !== null && expected === null);
    if (removed.length > 0) {
      others.push(session.rows(`DELETE FROM ${table} WHERE id = ANY ($1::float8[])`, [removed]));
      others.push(session.rows(REMOVE_FILES, [model, removed]));
    }
    if (updated.length > 0) others.push(session.rows(updateSql(table), [rowsJson(updated, user), at, user]));
    if (inserted.length > 0) made.push(insertRows(session, table, inserted, write));
  }
  for (const { id, kept, files } of changes) {
    if (kept === null) continue;
    for (const [field, bytes] of files) {
      others.push(
        bytes === null
          ? session.rows(REMOVE_FILE, [model, id, field])
          : session.rows(PUT_FILE, [model, id, field, bytes]),
      );
    }
  }
  const [ids] = await allEnded([allEnded(made), allEnded(others)]);
  return ids.flat()[0] ?? null;
}

/** Ids that were there already. */
async function insertRows(
  session: Session,
  table: string,
  inserted: readonly PlannedChange[],
  { at, user }: Writer,
): Promise<readonly number[]> {
  const rows = await session.rows<{ id: number }>(insertSql(table), [rowsJson(inserted, user), at, user]);
  if (rows.length === inserted.length) return [];
  const done = new Set(rows.map(({ id }) => id));
  return inserted.map(({ id }) => id).filter((id) => !done.has(id));
}

const ROWS =
  'jsonb_to_recordset($1::jsonb) AS given(id float8, data jsonb, made jsonb, changed jsonb, bytes bigint, length bigint)';

const insertSql = (table: string): string => `
INSERT INTO ${table} (id, version, create_date, write_date, create_uid, write_uid, data, folded, bytes, length)
SELECT id, 1, $2::float8, $2::float8, $3::json, $3::json, data, made, bytes, length FROM ${ROWS}
ON CONFLICT (id) DO NOTHING RETURNING id`;

const updateSql = (table: string): string => `
UPDATE ${table} AS r SET version = version + 1, write_date = $2, write_uid = $3, data = given.data, bytes = given.bytes, length = given.length,
  folded = CASE WHEN r.folded ->> 'create_uid' IS NULL THEN given.changed
    ELSE coalesce(given.changed, '{}') || jsonb_build_object('create_uid', r.folded -> 'create_uid') END
FROM ${ROWS} WHERE r.id = given.id`;

const FILE_SIZES = {
  name: 'sizes of files of records',
  text: `SELECT record_id AS id, field, octet_length(bytes) AS bytes FROM record_files
    WHERE model = $1 AND record_id = ANY ($2::bigint[])`,
};
const IS_UNIQUE = {
  name: 'records are unique',
  text: `SELECT EXISTS (
    SELECT 1 FROM pg_index WHERE indrelid = to_regclass($1) AND indisunique AND NOT indisprimary) AS is`,
};
const REMOVE_FILES = {
  name: 'remove files of records',
  text: 'DELETE FROM record_files WHERE model = $1 AND record_id = ANY ($2::bigint[])',
};
const REMOVE_FILE = {
  name: 'remove file of record',
  text: 'DELETE FROM record_files WHERE model = $1 AND record_id = $2 AND field = $3',
};
const PUT_FILE = {
  name: 'put file of record',
  text: `INSERT INTO record_files (model, record_id, field, bytes) VALUES ($1, $2, $3, $4)
    ON CONFLICT (model, record_id, field) DO UPDATE SET bytes = excluded.bytes`,
};
