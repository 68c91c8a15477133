import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../../runtime/app-error.ts';
import { type Database, openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { openReads, type Reads } from '../../../../../runtime/store/postgres/database/reads.ts';
import type { ReadTerms } from '../../../../../runtime/store/read-terms.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';
import { until } from '../../../../support/wait-for.ts';

let data: TestDatabase;
let database: Database;
let reads: Reads;

beforeEach(async () => {
  data = await testDatabase();
  database = openDatabase({ url: data.url });
  reads = openReads({ url: data.url, database, readMs: 5_000 });
});
afterEach(async () => {
  await reads.close();
  await database.close();
  await data[Symbol.asyncDispose]();
});

const hold = (seconds: number, terms: ReadTerms = {}) =>
  reads.rows<{ held: string }>(`SELECT 'yes' AS held FROM pg_sleep($1)`, [seconds], terms);

/** The `AppError` that a read is refused with. */
async function refusal(answer: Promise<unknown>): Promise<AppError> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`It was not refused: ${error}`);
}

/** Statements of readers that the database is at work on. */
async function atWork(): Promise<number> {
  const [row] = await data.ask<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'sluice reads' AND state = 'active'`,
  );
  return Number(row?.count);
}

describe('a read', () => {
  it('gives frozen rows', async () => {
    const rows = await hold(0);
    expect(rows).toEqual([{ held: 'yes' }]);
    expect([rows, rows[0]].map(Object.isFrozen)).toEqual([true, true]);
  });

  it('cannot write', async () => {
    await expect(reads.rows('CREATE TABLE t (a int)', [], {})).rejects.toThrow('in a read-only transaction');
    expect(await hold(0)).toHaveLength(1);
  });

  it('is done again on a new connection when a newer node has changed its table since the statement was prepared', async () => {
    await data.ask('CREATE TABLE t AS SELECT 1 AS a');
    const all = { name: 'all of t', text: 'SELECT t.*, pg_sleep(0.1)::text AS waited FROM t' };
    const atOnce = () => Promise.all(Array.from({ length: 4 }, () => reads.rows(all, [], {})));
    await atOnce();
    await data.ask('ALTER TABLE t ADD COLUMN b text');
    expect((await atOnce()).map(([row]) => row)).toEqual(
      Array.from({ length: 4 }, () => ({ a: 1, b: null, waited: '' })),
    );
  });

  it('of several statements sees one state of the database', async () => {
    await data.ask('CREATE TABLE t (a int)');
    const seen = await reads.together({}, async (session) => {
      const before = await session.rows('SELECT * FROM t');
      await data.ask('INSERT INTO t VALUES (1)');
      return [before, await session.rows('SELECT * FROM t')];
    });
    expect(seen).toEqual([[], []]);
    expect(await reads.rows('SELECT * FROM t', [], {})).toEqual([{ a: 1 }]);
  });

  it('that fails says why, and leaves the connection to the next', async () => {
    await expect(reads.rows('SELECT 1 / 0', [], {})).rejects.toMatchObject({ code: '22012' });
    await expect(
      reads.together({}, async () => {
        throw new AppError('teapot', 418, 'No coffee here.');
      }),
    ).rejects.toMatchObject({ code: 'teapot' });
    expect(await hold(0)).toHaveLength(1);
  });

  it('is ended in the database when its time is over', async () => {
    const refused = await refusal(hold(60, { timeoutMs: 300 }));
    expect(refused).toMatchObject({ code: 'query_limit', status: 422, details: { limit: 'time', ms: 300 } });
    expect(refused.message).toBe(
      'This query took longer than 0.3 s, which is its limit. Narrow it: name a project, a shorter time, or ask for fewer rows.',
    );
    await until('nothing is read', async () => (await atWork()) === 0);
    expect(await hold(0)).toHaveLength(1);
  });

  it('has one limit for all of its statements', async () => {
    let statements = 0;
    const refused = await refusal(
      reads.together({ timeoutMs: 300 }, async (session) => {
        for (;;) {
          await session.rows('SELECT pg_sleep(0.05)');
          statements += 1;
        }
      }),
    );
    expect(refused).toMatchObject({ code: 'query_limit' });
    expect(statements).toBeGreaterThan(0);
  });

  it('has as much time as the store gives when its terms do not say', async () => {
    await reads.close();
    reads = openReads({ url: data.url, database, readMs: 200 });
    expect(await refusal(hold(60))).toMatchObject({ code: 'query_limit', details: { ms: 200 } });
    expect(await hold(0.5, { timeoutMs: 5_000 })).toHaveLength(1);
  });

  it('is given up at once, and ended in the database, when nobody waits any more', async () => {
    const caller = new AbortController();
    const refused = refusal(hold(60, { signal: caller.signal }));
    await until('it is read', async () => (await atWork()) === 1);
    caller.abort();
    expect(await refused).toMatchObject({ code: 'given_up', status: 499 });
    await until('nothing is read', async () => (await atWork()) === 0);
    expect(await refusal(hold(0, { signal: caller.signal }))).toMatchObject({ code: 'given_up' });
  });

  it('ends with the store, at work or waiting', async () => {
    const cut = refusal(hold(60, { caller: 'a' }));
    const waiting = refusal(hold(60, { caller: 'a' }));
    await until('it is read', async () => (await atWork()) === 1);
    await reads.close();
    for (const refused of [await cut, await waiting, await refusal(hold(0))])
      expect(refused).toMatchObject({ code: 'store_closed', status: 503 });
    reads = openReads({ url: data.url, database });
  });

  it('is refused while the database cannot be reached', async () => {
    const lost = openReads({ url: 'postgres://sluice@127.0.0.1:1/none', database });
    expect(await refusal(lost.rows('SELECT 1', [], {}))).toMatchObject({
      code: 'store_unavailable',
      status: 503,
    });
    await lost.close();
  });

  it('is refused when its connection is lost, and the next is answered', async () => {
    const refused = refusal(hold(60));
    await until('it is read', async () => (await atWork()) === 1);
    await data.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'sluice reads'`);
    expect(await refused).toMatchObject({ code: 'store_unavailable' });
    expect(await hold(0)).toHaveLength(1);
  });
});

describe('reads of one caller', () => {
  it('wait for each other, those of another do not', async () => {
    const first = hold(0.5, { caller: 'a' });
    const second = hold(0, { caller: 'a' });
    const order: string[] = [];
    await Promise.all([
      first.then(() => order.push('first')),
      second.then(() => order.push('second')),
      hold(0, { caller: 'b' }).then(() => order.push('other')),
    ]);
    expect(order).toEqual(['other', 'first', 'second']);
  });

  it('are refused when too many wait', async () => {
    const stop = new AbortController();
    const waiting = Array.from({ length: 129 }, () =>
      refusal(hold(60, { caller: 'a', signal: stop.signal })),
    );
    expect(await refusal(hold(0, { caller: 'a' }))).toMatchObject({ code: 'reader_busy', status: 503 });
    expect(await hold(0, { caller: 'b' })).toHaveLength(1);
    stop.abort();
    for (const refused of await Promise.all(waiting)) expect(refused.code).toBe('given_up');
    await setTimeout(300);
    expect(await hold(0, { caller: 'a' })).toHaveLength(1);
  });
});
