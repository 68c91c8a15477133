import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { RecordsWrite } from '../../../../../runtime/store/record-store.ts';
import { groupCommit } from '../../../../../runtime/store/sqlite/database/group-commit.ts';
import { sqliteModels } from '../../../../../runtime/store/sqlite/records/models.ts';
import { sqliteRecords } from '../../../../../runtime/store/sqlite/records/records.ts';
import { recordTables } from '../../../../../runtime/store/sqlite/records/tables.ts';
import { migrate } from '../../../../../runtime/store/sqlite/schema/migrate.ts';

/** Records of a database in memory, and how often a group of writes was undone. */
function openRecords() {
  const db = new Database(':memory:');
  migrate(db, 'memory', 0);
  const commits = groupCommit(db);
  const tables = recordTables(db, commits);
  const models = sqliteModels(db, commits, tables);
  let undone = 0;
  commits.follow({
    begin() {},
    committed() {},
    undone() {
      undone += 1;
    },
  });
  const records = sqliteRecords(db, commits, models, tables, { append() {} } as never, () => {});
  return { db, records, undone: () => undone };
}

const write = (model: string, id: number, expected: number | null, most_bytes = 1_000_000): RecordsWrite => ({
  at: 1,
  user: '{"id":null,"name":"x"}',
  changes: [{ model, id, expected, values: { n: id }, files: new Map() }],
  learned: new Map(),
  jobs: [],
  logs: [],
  most_bytes,
});

it('A write of records that is refused leaves those alone that are committed with it', async () => {
  const { db, records, undone } = openRecords();
  const written = await Promise.all([
    records.commitRecords(write('m.one', 1, null)),
    records.commitRecords(write('m.one', 1, 7)),
    records.commitRecords(write('m.new', 1, null, 1)),
    records.commitRecords(write('m.one', 2, null)),
    records.commitRecords(write('m.new', 5, null)),
  ]);
  expect(written.map(({ kind }) => kind)).toEqual(['written', 'conflict', 'full', 'written', 'written']);
  expect((await records.getRecords('m.one', [1, 2])).map(({ values }) => values)).toEqual([
    { n: 1 },
    { n: 2 },
  ]);
  expect((await records.getRecords('m.new', [1, 5])).map(({ id }) => id)).toEqual([5]);
  expect(undone()).toBe(0);
  db.close();
});
