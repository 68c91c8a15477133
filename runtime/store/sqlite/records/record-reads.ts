import type Database from 'better-sqlite3';
import { LONGEST_NAME, MOST_KEPT_BYTES } from '../../../env/bounds.ts';
import type { Model, RecordFile, RecordPage, RecordRow, RecordStore } from '../../record-store.ts';
import type { Commits } from '../database/group-commit.ts';
import { recordsTable, valueSql } from './field-sql.ts';
import type { Models } from './models.ts';
import { RECORD_COLUMNS } from './tables.ts';

export type StoredRecord = Omit<RecordRow, 'values'> & { readonly data: string };

/** The row as the contract has it. */
function readRecord({ data, ...row }: StoredRecord): RecordRow {
  return Object.freeze({ ...row, values: JSON.parse(data) });
}

/** The rows as the contract has them. Throws a RangeError before they would come to more than may be in memory at once. */
export function readRecords(
  rows: Iterable<StoredRecord>,
  { fields, most_bytes: most = MOST_KEPT_BYTES }: Pick<RecordPage, 'fields' | 'most_bytes'> = {},
): readonly RecordRow[] {
  const wanted = fields === undefined ? undefined : new Set(fields);
  const records: RecordRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const record = readRecord(row);
    const kept = wanted === undefined ? record : { ...record, values: valuesOf(record, wanted) };
    bytes += wanted === undefined ? row.data.length : JSON.stringify(kept.values).length;
    if (bytes > most) {
      throw new RangeError(
        `The records come to more than ${most} bytes. Take fewer at once (limit, offset) or some of their fields (fields).`,
      );
    }
    records.push(kept);
  }
  return records;
}

const valuesOf = ({ values }: RecordRow, wanted: ReadonlySet<string>): RecordRow['values'] =>
  Object.fromEntries(Object.entries(values).filter(([name]) => wanted.has(name)));

/** Reads by key. They wait for changes that are half written, which this connection would see. */
export function sqliteRecordReads(
  db: Database.Database,
  commits: Pick<Commits, 'settled'>,
  models: Models,
): Omit<RecordStore, 'searchRecords' | 'countRecords' | 'reserveRecordIds' | 'commitRecords'> {
  const files = db.prepare<[number, string, string], RecordFile>(
    `SELECT record_id AS id, field, bytes FROM record_files
     WHERE model = ? AND record_id IN (SELECT value FROM json_each(?)) AND field IN (SELECT value FROM json_each(?))
     ORDER BY record_id, field`,
  );
  /** The number of a model that has a table. */
  const stored = (name: string): Model | undefined => {
    const model = models.load(name);
    return model === undefined || model.number === 0 ? undefined : model;
  };

  return {
    async loadModel(name) {
      await commits.settled();
      return models.load(name);
    },

    async listModels() {
      await commits.settled();
      return models.list();
    },

    async originOfModel(name) {
      await commits.settled();
      return models.origin(name);
    },

    async getRecords(name, ids) {
      await commits.settled();
      const model = stored(name);
      if (model === undefined) return [];
      const rows = db
        .prepare<[string], StoredRecord>(
          `SELECT ${RECORD_COLUMNS} FROM ${recordsTable(model.number)}
           WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`,
        )
        .iterate(JSON.stringify(ids));
      return readRecords(rows);
    },

    async getRecordSizes(name, ids) {
      await commits.settled();
      const model = stored(name);
      if (model === undefined) return new Map();
      const rows = db
        .prepare<[string], { readonly id: number; readonly bytes: number }>(
          `SELECT id, octet_length(data) AS bytes FROM ${recordsTable(model.number)}
           WHERE id IN (SELECT value FROM json_each(?))`,
        )
        .all(JSON.stringify(ids));
      return new Map(rows.map(({ id, bytes }) => [id, bytes]));
    },

    async getRecordNames(name, ids) {
      await commits.settled();
      const model = stored(name);
      if (model === undefined) return new Map();
      const rows = db
        .prepare<[string], { readonly id: number; readonly name: string | number | null }>(
          `SELECT id, substr(${valueSql('name')}, 1, ${LONGEST_NAME}) AS name FROM ${recordsTable(model.number)}
           WHERE id IN (SELECT value FROM json_each(?))`,
        )
        .all(JSON.stringify(ids));
      return new Map(rows.map((row) => [row.id, row.name === null ? '' : String(row.name)]));
    },

    async getRecordFiles(name, ids, fields) {
      await commits.settled();
      const model = stored(name);
      if (model === undefined) return [];
      return files.all(model.number, JSON.stringify(ids), JSON.stringify(fields));
    },
  };
}
