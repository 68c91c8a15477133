import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';

it('A statement that is known to be slow is waited for as long as it says.', async () => {
  await using created = await testDatabase();
  const database = openDatabase({ url: created.url });
  try {
    const sleep = 'SELECT pg_sleep(0.5)::text AS slept';
    expect(await database.rows({ text: sleep, mostMs: 10_000 })).toEqual([{ slept: '' }]);
    await expect(database.rows({ text: sleep, mostMs: 100 })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(await database.rows(sleep)).toEqual([{ slept: '' }]);
  } finally {
    await database.close();
  }
});

it('Text that PostgreSQL cannot hold is asked for in the form in which it is stored.', async () => {
  await using created = await testDatabase();
  const database = openDatabase({ url: created.url });
  try {
    const sql = 'SELECT $1::text AS one, $2::text[] AS several';
    expect(await database.row(sql, ['a\0b', ['\0', 'c', '\ud800']])).toEqual({
      one: 'a\ufffdb',
      several: ['\ufffd', 'c', '\ufffd'],
    });
  } finally {
    await database.close();
  }
});

it('A process that was frozen in a transaction until the database had given it up hears that it may try again.', async () => {
  await using created = await testDatabase();
  const database = openDatabase({ url: created.url });
  const frozen = database.transact(async (session) => {
    await session.rows('SET LOCAL idle_in_transaction_session_timeout = 50');
    // Nothing of this process goes on meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    await session.rows('SELECT 1');
  });
  try {
    await expect(frozen).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await database.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await database.close();
  }
});

describe('A transaction of which one part failed while another went on', () => {
  let created: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    created = await testDatabase();
    database = openDatabase({ url: created.url, mostConnections: 1 });
    await database.rows('CREATE TABLE late (said TEXT)');
  });
  afterAll(async () => {
    await database.close();
    await created[Symbol.asyncDispose]();
  });

  it.each(['transact', 'alone'] as const)(
    'takes nothing more (%s): it is neither committed by itself nor in the next one’s transaction',
    async (kind) => {
      const failed = Promise.withResolvers<void>();
      let late: Promise<unknown> | undefined;
      const work = database[kind](async (session) => {
        late = failed.promise.then(() => session.rows("INSERT INTO late VALUES ('late')"));
        late.catch(() => {});
        await session.rows('SELECT 1 / 0');
      });
      await expect(work).rejects.toThrow('division by zero');
      failed.resolve();
      await expect(late).rejects.toThrow('The transaction of this statement is over.');
      expect(await database.rows('SELECT said FROM late')).toEqual([]);
    },
  );
});

it('A statement that was prepared before a newer node changed its table is prepared again.', async () => {
  await using created = await testDatabase();
  const database = openDatabase({ url: created.url, mostConnections: 3 });
  try {
    await database.rows('CREATE TABLE grown (one BIGINT)');
    const all = { name: 'all', text: 'SELECT * FROM grown' };
    const ways = [
      () => database.rows(all),
      () => database.transact((session) => session.rows(all)),
      () => database.alone((session) => session.rows(all)),
    ];
    for (const [index, way] of ways.entries()) {
      // On every connection there is.
      await Promise.all(ways.map((each) => each()));
      await database.rows(`ALTER TABLE grown ADD COLUMN more_${index} BIGINT`);
      expect(await way()).toEqual([]);
    }
  } finally {
    await database.close();
  }
});
