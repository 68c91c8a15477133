import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import { declareModels } from '../../../../../runtime/store/postgres/records/model-writes.ts';
import { boundedSql } from '../../../../../runtime/store/postgres/records/record-reads.ts';
import type {
  FieldSpec,
  FieldType,
  ModelDeclaration,
  RecordChange,
  RecordsWritten,
  StoredValues,
} from '../../../../../runtime/store/record-store.ts';
import type { Store } from '../../../../../runtime/store/store.ts';
import { declaredField } from '../../../../support/db-project.ts';
import { type EmptiedDatabase, emptiedDatabase } from '../../../../support/postgres/emptied-database.ts';

const MODEL = 'x.thing';
const USER = '{"id":null,"name":"Ada"}';
const LONG = 'x'.repeat(5000);

let emptied: EmptiedDatabase;
let database: Database;
let stores: readonly [Store, Store];

beforeAll(async () => {
  emptied = await emptiedDatabase();
});
afterAll(() => emptied[Symbol.asyncDispose]());

beforeEach(async () => {
  const { url } = emptied;
  database = openDatabase({ url });
  const open = (): Promise<Store> => openPostgresStore({ url, chainKey: new Uint8Array(32).fill(7) });
  stores = [await open(), await open()];
  for (const id of ['one', 'two'])
    await database.rows('INSERT INTO projects VALUES ($1, $1, $1, 1, 1, 0, 0)', [id]);
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await database.close();
  await emptied.empty();
});

const change = (id: number, values: StoredValues | null, expected: number | null = null): RecordChange => ({
  model: MODEL,
  id,
  expected,
  values,
  files: new Map(),
});

const commit = (changes: readonly RecordChange[], user = USER, store = stores[0]): Promise<RecordsWritten> =>
  store.commitRecords({
    at: 1,
    user,
    changes,
    learned: new Map(),
    jobs: [],
    logs: [],
    most_bytes: 100_000_000,
  });

const unique = (name: string, type: FieldType = 'char'): ModelDeclaration['fields'][number] => ({
  ...declaredField(name, type),
  unique: true,
});

const declare = (fields: readonly Omit<FieldSpec, 'learned'>[], project = 'one', name = MODEL) =>
  database.transact((session) =>
    declareModels(session, project, fields.length === 0 ? [] : [{ name, strict: false, fields }]),
  );

const indexes = async (): Promise<number> => {
  const rows = await database.rows(`SELECT 1 FROM pg_indexes WHERE indexname ~ '^records_.*_(by|unique)_'`);
  return rows.length;
};

it('Ids of records are given once, whichever process asks.', async () => {
  const given = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const first = await (stores[index % 2] ?? stores[0]).reserveRecordIds(MODEL, 3);
      return [first, first + 1, first + 2];
    }),
  );
  expect(given.flat().toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 120 }, (_, index) => index + 1),
  );
});

it('Names of models that never came to be are forgotten at last.', async () => {
  await commit([change(1, {})]);
  await database.rows(`INSERT INTO record_ids SELECT 'never.' || n, 1 FROM generate_series(1, 5001) AS n`);
  await stores[0].reserveRecordIds('x.other', 1);
  expect(await database.rows('SELECT model FROM record_ids')).toEqual([{ model: MODEL }]);
});

describe('A field that is to be unique', () => {
  it('tells long texts apart by their ends, and finds those that are the same.', async () => {
    await declare([unique('code')]);
    expect(await commit([change(1, { code: `${LONG}a` }), change(2, { code: `${LONG}\\b` })])).toEqual({
      kind: 'written',
    });
    expect(await commit([change(3, { code: `${LONG}a` })])).toEqual({
      kind: 'duplicate',
      model: MODEL,
      field: 'code',
    });
    expect(await commit([change(3, {}), change(4, {})])).toEqual({ kind: 'written' });
  });

  it('tells values apart that are of another type than it is.', async () => {
    await declare([unique('n', 'integer'), unique('code')]);
    expect(
      await commit([
        change(1, { n: 'a', code: 1 }),
        change(2, { n: 'b', code: 2 }),
        change(3, { n: 5, code: '1' }),
      ]),
    ).toEqual({ kind: 'written' });
    expect(await commit([change(4, { n: 'a' })])).toMatchObject({ kind: 'duplicate', field: 'n' });
    expect(await commit([change(4, { code: 2 })])).toMatchObject({ kind: 'duplicate', field: 'code' });
  });

  it('is named, however long its name is.', async () => {
    const names = ['a', 'b'].map((end) => `${'n'.repeat(63)}${end}`);
    await declare(names.map((name) => unique(name)));
    for (const name of names) {
      expect(await commit([change(1, { [name]: 'x' }), change(2, { [name]: 'x' })])).toEqual({
        kind: 'duplicate',
        model: MODEL,
        field: name,
      });
    }
  });

  it('may be handed from one record to another within one write, in the order of its changes.', async () => {
    await declare([unique('code')]);
    const ids = Array.from({ length: 400 }, (_, index) => index + 1);
    await commit(ids.map((id) => change(id, { code: `c${id}` })));
    // Each takes what the one before it has just left.
    const handed = ids.toReversed().map((id) => change(id, { code: `c${id + 1}` }, 1));
    expect(await commit(handed.toReversed())).toMatchObject({ kind: 'duplicate' });
    expect(await commit(handed)).toEqual({ kind: 'written' });
  });

  it('is not declared when two records have the same value, and all stays as it was.', async () => {
    await commit([change(1, { code: 'a' }), change(2, { code: 'a' })]);
    await expect(declare([unique('code')])).rejects.toMatchObject({ code: 'duplicate_values', status: 422 });
    expect(await indexes()).toBe(0);
    expect((await stores[1].originOfModel(MODEL)).declared).toEqual([]);
  });

  it('is unique no longer once nobody says so.', async () => {
    await declare([unique('code')], 'one');
    await declare([unique('code')], 'two');
    await declare([], 'one');
    expect(await indexes()).toBe(1);
    await declare([], 'two');
    expect(await indexes()).toBe(0);
    expect(await commit([change(1, { code: 'a' }), change(2, { code: 'a' })])).toEqual({ kind: 'written' });
  });
});

it('Several processes declare fields of one model at once, and all get their indexes.', async () => {
  const named = (name: string) => ({ ...declaredField(name, 'char'), index: true });
  await Promise.all([declare([named('a'), named('b')], 'one'), declare([named('b'), named('c')], 'two')]);
  expect(await indexes()).toBe(3);
  const fields = (await stores[1].loadModel(MODEL))?.fields;
  expect([...(fields?.keys() ?? [])].toSorted()).toEqual(['a', 'b', 'c']);
});

it('An index follows its field when that gets another type.', async () => {
  await declare([{ ...declaredField('a', 'char'), index: true }]);
  const before = await database.rows(`SELECT indexname FROM pg_indexes WHERE indexname LIKE '%_by_text_%'`);
  await declare([{ ...declaredField('a', 'integer'), index: true }]);
  expect([before.length, await indexes()]).toEqual([1, 1]);
  expect(await database.rows(`SELECT 1 FROM pg_indexes WHERE indexname LIKE '%_by_number_%'`)).toHaveLength(
    1,
  );
});

it('Text that PostgreSQL cannot hold is stored as U+FFFD, also in the name of who wrote it.', async () => {
  await commit([change(1, { name: 'a\0b\ud800' })], JSON.stringify({ id: null, name: '\0' }));
  const [row] = await stores[1].getRecords(MODEL, [1]);
  expect(row?.values).toEqual({ name: 'a\ufffdb\ufffd' });
  expect(JSON.parse(row?.write_uid ?? '')).toEqual({ id: null, name: '\ufffd' });
});

it('Of records that are too much to be in memory no more cross than it takes to see that.', async () => {
  const large = { name: 'x'.repeat(1_000_000), n: 1 };
  const ids = Array.from({ length: 20 }, (_, index) => index + 1);
  for (const id of ids) await commit([change(id, large)]);
  await expect(stores[0].getRecords(MODEL, ids)).rejects.toMatchObject({ name: 'RangeError' });
  const page = 'SELECT * FROM records_1 ORDER BY id';
  const crossed = async (values: 'all' | 'some', given: readonly unknown[]) =>
    (await database.rows(boundedSql(page, values), given)).length;
  expect(await crossed('all', [3_000_000])).toBe(3);
  expect(await crossed('some', [3_000_000, ['n']])).toBe(20);
  expect(await crossed('some', [500_000, ['name']])).toBeLessThan(5);
});

it('Records that are written in many parts are written whole or not at all.', async () => {
  const many = Array.from({ length: 1700 }, (_, index) => change(index + 1, { name: `n${index}` }));
  expect(await commit(many)).toEqual({ kind: 'written' });
  const changed = many.map(({ id }) => change(id, { name: 'changed' }, 1));
  expect(await commit([...changed, change(1701, {}, 1)])).toEqual({
    kind: 'conflict',
    model: MODEL,
    id: 1701,
  });
  const gone = many.map(({ id }) => change(id, id % 2 === 0 ? null : { name: 'changed' }, 1));
  expect(await commit(gone)).toEqual({ kind: 'written' });
  const rows = await stores[1].getRecords(MODEL, [1, 2, 1699, 1700]);
  expect(rows.map(({ id, version, values }) => [id, version, values.name])).toEqual([
    [1, 2, 'changed'],
    [1699, 2, 'changed'],
  ]);
});
