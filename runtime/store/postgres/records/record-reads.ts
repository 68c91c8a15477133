import { LONGEST_NAME, MOST_KEPT_BYTES } from '../../../env/bounds.ts';
import type { RecordFile, RecordPage, RecordRow, RecordStore } from '../../record-store.ts';
import type { Session } from '../database/session.ts';
import { nameSql, recordsTable } from './field-sql.ts';
import { storedValues } from './kept-values.ts';
import { listModels, loadModel, originOfModel } from './models.ts';

type Data = Parameters<typeof storedValues>[0];
export type KeptRow = Omit<RecordRow, 'values'> & { readonly data: Data; readonly length: number };

/** Columns of a record in the order of `RecordRow`; the text of users is as it was given. */
const COLUMNS = 'id, version, create_date, write_date, create_uid::text, write_uid::text';

/**
 * The rows that `page` selects from a table of records, in its order, without those after the one with which they come to more than
 * $1 characters; with these values only, which are $2, or all of them.
 */
export function boundedSql(page: string, values: 'some' | 'all'): string {
  // A part of a record is written as JSON here with spaces, quotes and names that count less in the contract: at most four times as much.
  const [data, length] =
    values === 'all' ? ['data', 'length'] : ['part.data', 'char_length(part.data::text) / 4'];
  const some = values === 'all' ? '' : `CROSS JOIN LATERAL (${SOME}) AS part`;
  return `
SELECT ${COLUMNS}, data, length FROM (
  SELECT *, sum(length) OVER (ROWS UNBOUNDED PRECEDING) - length AS before FROM (
    SELECT ${COLUMNS}, ${data}, ${length} AS length FROM (${page}) AS page ${some}
  ) AS wanted
) AS bounded WHERE before <= $1`;
}

const SOME = `SELECT coalesce(jsonb_object_agg(key, value), '{}') AS data FROM jsonb_each(page.data) WHERE key = ANY ($2::text[])`;

/** The rows as the contract has them. Throws a RangeError when they come to more than they may. */
export function readRecords(
  rows: readonly KeptRow[],
  { fields, most_bytes: most = MOST_KEPT_BYTES }: Pick<RecordPage, 'fields' | 'most_bytes'> = {},
): readonly RecordRow[] {
  let characters = 0;
  return rows.map(({ data, length, ...row }) => {
    const values = storedValues(data);
    characters += fields === undefined ? length : JSON.stringify(values).length;
    if (characters <= most) return Object.freeze({ ...row, values });
    throw new RangeError(
      `The records come to more than ${most} bytes. Take fewer at once (limit, offset) or some of their fields (fields).`,
    );
  });
}

/** Reads by key. */
export function postgresRecordReads(
  database: Session,
  /** The number of a model that has a table. */
  numberOf: (model: string) => Promise<number | undefined>,
): Omit<RecordStore, 'searchRecords' | 'countRecords' | 'reserveRecordIds' | 'commitRecords'> {
  return {
    loadModel: (name) => loadModel(database, name),
    listModels: () => listModels(database),
    originOfModel: (name) => originOfModel(database, name),

    async getRecords(name, ids) {
      const model = await numberOf(name);
      if (model === undefined) return [];
      const page = `SELECT * FROM ${recordsTable(model)} WHERE id = ANY ($2::float8[]) ORDER BY id`;
      return readRecords(await database.rows<KeptRow>(boundedSql(page, 'all'), [MOST_KEPT_BYTES, ids]));
    },

    async getRecordSizes(name, ids) {
      const model = await numberOf(name);
      if (model === undefined) return new Map();
      const rows = await database.rows<{ id: number; bytes: number }>(
        `SELECT id, bytes FROM ${recordsTable(model)} WHERE id = ANY ($1::float8[])`,
        [ids],
      );
      return new Map(rows.map(({ id, bytes }) => [id, bytes]));
    },

    async getRecordNames(name, ids) {
      const model = await numberOf(name);
      if (model === undefined) return new Map();
      const rows = await database.rows<{ id: number; name: string | null }>(
        `SELECT id, left(${nameSql('r')}, ${LONGEST_NAME}) AS name FROM ${recordsTable(model)} AS r WHERE id = ANY ($1::float8[])`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row.name ?? '']));
    },

    async getRecordFiles(name, ids, fields) {
      const model = await numberOf(name);
      if (model === undefined) return [];
      return database.rows<RecordFile>(FILES, [model, ids, fields]);
    },
  };
}

const FILES = {
  name: 'files of records',
  text: `SELECT record_id AS id, field, bytes FROM record_files
    WHERE model = $1 AND record_id = ANY ($2::bigint[]) AND field = ANY ($3::text[]) ORDER BY record_id, field`,
};
