import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../../runtime/store/checkpoint.ts';
import { checkPostgresLedger } from '../../../../../runtime/store/postgres/ledger/check-database.ts';
import { openPostgresStore } from '../../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../../runtime/store/store.ts';
import { found, HEX_KEY } from '../../../../support/ledger.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';
import { ledgerWrite, MID_MONTH, outcomeOf } from '../../../../support/rows.ts';
import { until } from '../../../../support/wait-for.ts';
import { CHAIN_KEY } from '../../conformance/open-sqlite.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 1);

let data: TestDatabase;
let one: Store;
let other: Store;
let told: Checkpoint[];

const open = (): Promise<Store> =>
  openPostgresStore({
    url: data.url,
    chainKey: CHAIN_KEY,
    onCheckpoint: (checkpoint) => told.push(checkpoint),
  });

beforeEach(async () => {
  told = [];
  data = await testDatabase();
  one = await open();
  other = await open();
});
afterEach(async () => {
  await one.close();
  await other.close();
  await data[Symbol.asyncDispose]();
});

const verify = (from?: number) => one.verifyLedger({ from }, [HEX_KEY]);
const rows = (count: number, at = MID_MONTH) =>
  Array.from({ length: count }, (_, n) => ledgerWrite({ at: at + n }));

/** Two chains of 20 rows over a month border, written in turns; each has a checkpoint at its first row and at its 15th. */
async function writeInTurns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    for (const store of [one, other]) {
      await store.appendLedger(rows(5, turn < 2 ? MID_MONTH + turn * 5 : NEXT_MONTH + turn * 5));
      if (turn === 2) await store.checkpointLedger();
    }
  }
}

async function chainOf(number: number): Promise<string> {
  const chains = await data.ask<{ chain: string }>(
    'SELECT chain FROM ledger GROUP BY 1 ORDER BY min(position)',
  );
  return chains[number]?.chain ?? '';
}

/** What an attacker does who has the database and not the keyring; `FIRST` and `SECOND` are the chains. */
async function findAfter(sql: string): Promise<readonly string[]> {
  await writeInTurns();
  const [first, second] = [await chainOf(0), await chainOf(1)];
  await data.ask(sql.replaceAll('FIRST', `chain = '${first}'`).replaceAll('SECOND', `chain = '${second}'`));
  return found(await verify());
}

describe('the ledger of several processes', () => {
  it('is right while all of them go on', async () => {
    await writeInTurns();
    expect(await verify()).toMatchObject({ ok: true, rows: 40, chains: 2, checkpoints: 4, problems: [] });
    await one.close();
    one = await open();
    await Promise.all([one.appendLedger(rows(3)), other.appendLedger(rows(3))]);
    expect(await verify()).toMatchObject({ ok: true, rows: 46, chains: 3, checkpoints: 6 });
  });

  it('is right at every moment at which it is looked at', async () => {
    let written = 0;
    const writing = [one, other].map(async (store) => {
      for (let turn = 1; turn <= 40; turn += 1) {
        const row = ledgerWrite();
        await store.appendLedger([row, outcomeOf(row.id), ...rows(20)]);
        if (turn % 10 === 0)
          await store.deleteOldLedger({ project: 'demo', before: NEXT_MONTH, after: null, limit: 30 });
      }
      written += 1;
    });
    const seen = new Set<number>();
    while (written < writing.length) {
      const report = await verify();
      expect(report.problems).toEqual([]);
      seen.add(report.rows + report.removed);
    }
    await Promise.all(writing);
    expect(seen.size).toBeGreaterThan(3);
    expect(await verify()).toMatchObject({ ok: true });
  });

  it('is looked at from a time on', async () => {
    await writeInTurns();
    expect(await verify(NEXT_MONTH)).toMatchObject({ ok: true, chains: 2 });
    await data.ask(`UPDATE ledger SET url = 'elsewhere' WHERE seq = 12`);
    expect(found(await verify(NEXT_MONTH))).toEqual(['changed 12', 'changed 12']);
    expect(found(await verify(NEXT_MONTH + 1000))).toEqual([]);
  });

  it('is read through more than one page', async () => {
    await one.appendLedger(rows(1200));
    await other.appendLedger(rows(700));
    expect(await verify()).toMatchObject({ ok: true, rows: 1900, chains: 2, checkpoints: 3 });
    await data.ask(`DELETE FROM ledger WHERE seq = 600 AND chain = '${await chainOf(0)}'`);
    expect(found(await verify())).toEqual(['missing 600']);
  });

  it('has old rows removed by any of them', async () => {
    await writeInTurns();
    const old = { project: 'demo', before: NEXT_MONTH, limit: 3 };
    const after = new Map<Store, string | null>([one, other].map((store) => [store, null]));
    let removed = 0;
    while (removed < 20) {
      await Promise.all(
        [one, other].map(async (store) => {
          const step = await store.deleteOldLedger({ ...old, after: after.get(store) ?? null });
          after.set(store, step.next);
          removed += step.deleted;
          expect(step.kept).toBe(0);
        }),
      );
    }
    expect(await verify()).toMatchObject({ ok: true, rows: 20, removed: 20 });
    const runs = await data.ask('SELECT * FROM ledger_removed');
    expect(runs).toHaveLength(2);
  });

  it('loses a month that is empty, unless somebody uses it, and then the next time', async () => {
    await writeInTurns();
    await one.deleteOldLedger({ project: 'demo', before: NEXT_MONTH, limit: 100, after: null });
    const months = async () =>
      (
        await data.ask<{ name: string }>(
          `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger'::regclass ORDER BY 1`,
        )
      ).map(({ name }) => name);
    const used = data.ask('SELECT pg_sleep(1) FROM (SELECT count(*) FROM ledger) AS counted');
    await until('it is used', async () => {
      const sleeping = await data.ask(`SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event = 'PgSleep'`);
      return sleeping.length > 0;
    });
    await one.dropEmptyMonths(NEXT_MONTH + 1);
    expect(await months()).toEqual(['ledger_2026_11', 'ledger_2026_12']);
    await used;
    await Promise.all([one.dropEmptyMonths(NEXT_MONTH + 1), other.dropEmptyMonths(NEXT_MONTH + 1)]);
    expect(await months()).toEqual(['ledger_2026_12']);
    expect(await verify()).toMatchObject({ ok: true, rows: 20, removed: 20 });
  });
});

describe('what is wrong with the ledger of several processes', () => {
  it.each([
    ['a row that was changed', `UPDATE ledger SET url = 'elsewhere' WHERE FIRST AND seq = 7`, ['changed 7']],
    ['the number of one', 'UPDATE ledger SET seq = 700 WHERE FIRST AND seq = 7', ['changed 7']],
    ['rows that are missing', 'DELETE FROM ledger WHERE SECOND AND seq BETWEEN 3 AND 4', ['missing 3-4']],
    ['the end that was cut off', 'DELETE FROM ledger WHERE SECOND AND seq > 12', ['cut off 13-15']],
    ['a whole chain', 'DELETE FROM ledger WHERE FIRST', ['missing 1-15']],
    [
      'two rows that changed places',
      `UPDATE ledger SET position = position + 1000 + CASE seq WHEN 3 THEN 1 ELSE -1 END WHERE FIRST AND seq IN (3, 4)`,
      ['reordered 4', 'reordered 3'],
    ],
    [
      'a row that was added',
      `INSERT INTO ledger SELECT position + 1000, 'made-up', seq, id, at, kind, project, task, "trigger", job, version, "user", recipient,
       method, url, bytes, sha256, excerpt, status, blocked, error, received_bytes, duration_ms, of, previous_hash, hash
       FROM ledger WHERE FIRST AND seq = 1`,
      ['added 1'],
    ],
    [
      'a checkpoint that is gone',
      'DELETE FROM ledger_checkpoints WHERE number = 2',
      ['missing checkpoint 2'],
    ],
  ])('is found: %s', async (_, sql, problems) => {
    expect(await findAfter(sql)).toEqual(problems);
  });

  it('stops no row of it from being removed but those that are not as they were written', async () => {
    await findAfter(`UPDATE ledger SET url = 'elsewhere' WHERE FIRST AND seq = 7`);
    const step = await one.deleteOldLedger({ project: 'demo', before: NEXT_MONTH, limit: 100, after: null });
    expect(step).toEqual({ deleted: 19, kept: 1, next: null });
    expect(found(await verify())).toEqual(['changed 7']);
  });
});

describe('a database without its server', () => {
  it('has its ledger verified, and compared with checkpoints that are kept elsewhere', async () => {
    await writeInTurns();
    const outside = [...told];
    const check = (checkpoints?: readonly Checkpoint[]) =>
      checkPostgresLedger(data.url, { keys: [HEX_KEY], outside: checkpoints });
    expect(await check()).toMatchObject({ ok: true, rows: 40, chains: 2, outside: null });
    expect(await check(outside)).toMatchObject({ ok: true, outside: 4 });
    const second = await chainOf(1);
    await data.ask(`DELETE FROM ledger WHERE seq > 5 AND chain = '${second}'`);
    await data.ask('DELETE FROM ledger_checkpoints WHERE number = 4');
    expect(found(await check())).toEqual([]);
    expect(found(await check(outside))).toEqual(['cut off checkpoint 4', 'cut off 6-15']);
  });

  it('that cannot be reached is no ledger without a problem', async () => {
    const check = checkPostgresLedger('postgres://sluice@127.0.0.1:1/none', { keys: [HEX_KEY] });
    await expect(check).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
  });
});
