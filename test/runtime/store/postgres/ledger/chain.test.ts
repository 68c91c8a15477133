import { afterEach, beforeEach, expect, it } from 'vitest';
import { chainKeyObject } from '../../../../../runtime/store/chain.ts';
import { type Database, openDatabase } from '../../../../../runtime/store/postgres/database/database.ts';
import { storeError } from '../../../../../runtime/store/postgres/database/store-errors.ts';
import { type Chain, chainOf } from '../../../../../runtime/store/postgres/ledger/chain.ts';
import { checkpoints } from '../../../../../runtime/store/postgres/ledger/checkpoints.ts';
import { closeDeadChains } from '../../../../../runtime/store/postgres/ledger/dead-chains.ts';
import { ledgerRows } from '../../../../../runtime/store/postgres/ledger/ledger-rows.ts';
import { knownMonths } from '../../../../../runtime/store/postgres/schema/known-months.ts';
import { migrate } from '../../../../../runtime/store/postgres/schema/migrate.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';
import { ledgerWrite, MID_MONTH } from '../../../../support/rows.ts';

const LOST = { code: 'store_unavailable' };
const now = () => MID_MONTH;
const LEASE = 20_000;

let data: TestDatabase;
let database: Database;
/** What becomes of the next transaction. */
let next: 'well' | 'answer lost' | 'lost' | 'late' = 'well';
/** Transactions that come to the database only now. */
let late: (() => Promise<unknown>)[] = [];
let chain: Chain;
let append: (id: string) => Promise<void>;

beforeEach(async () => {
  data = await testDatabase();
  database = openDatabase({ url: data.url });
  await migrate(database, 'the database', MID_MONTH);
  const key = chainKeyObject(new Uint8Array(32).fill(7));
  const marks = checkpoints({ key, now, told: () => {} });
  const rows = ledgerRows({
    key,
    months: await knownMonths(database),
    checkpoints: marks,
    now,
    leaseMs: LEASE,
  });
  chain = chainOf({ database: shaky(), process: 'first', now });
  append = (id) =>
    chain.write(async (session, head) => {
      const writes = chain.wasWritten(id) ? [] : [ledgerWrite({ id })];
      return { head: await rows.append(session, head, writes), rows: [id], value: undefined };
    });
});
afterEach(async () => {
  next = 'well';
  late = [];
  await database.close();
  await data[Symbol.asyncDispose]();
});

/** The database behind a connection that breaks in COMMIT, with the outcome that `next` says. */
function shaky(): Database {
  return {
    ...database,
    async transact(work) {
      const how = next;
      next = 'well';
      if (how === 'well') return database.transact(work);
      const commit = () => database.transact(work);
      const undone = new Error('undone');
      if (how === 'answer lost') await commit();
      else
        await database
          .transact(async (session) => {
            await work(session);
            throw undone;
          })
          .catch((error: unknown) => {
            if (error !== undone) throw error;
          });
      if (how === 'late') late.push(commit);
      throw storeError(new Error('Connection terminated unexpectedly'));
    },
  };
}

const ledger = async () =>
  (
    await data.ask<{ chain: string; seq: string; id: string }>(
      'SELECT chain, seq, id FROM ledger ORDER BY position',
    )
  ).map(({ chain: name, seq, id }) => `${name === 'first' ? 'first' : 'other'} ${seq} ${id}`);

it.each(['first', 'later'] as const)('goes on after a %s write whose answer was lost', async (which) => {
  if (which === 'later') await append('before');
  next = 'answer lost';
  await expect(append('a')).rejects.toMatchObject(LOST);
  await append('b');
  const rows = which === 'later' ? ['first 1 before', 'first 2 a', 'first 3 b'] : ['first 1 a', 'first 2 b'];
  expect(await ledger()).toEqual(rows);
});

it('writes a row once that its caller gives again', async () => {
  await append('before');
  next = 'answer lost';
  await expect(append('a')).rejects.toMatchObject(LOST);
  await append('a');
  expect(await ledger()).toEqual(['first 1 before', 'first 2 a']);
});

it.each(['answer lost', 'lost'] as const)(
  'writes a row once that its caller gives again after its chain was closed meanwhile: %s',
  async (how) => {
    await append('before');
    next = how;
    await expect(append('a')).rejects.toMatchObject(LOST);
    const key = chainKeyObject(new Uint8Array(32).fill(7));
    await closeDeadChains(database, checkpoints({ key, now, told: () => {} }), 'me', MID_MONTH + LEASE);
    await append('a');
    await append('b');
    const rows = how === 'lost' ? ['other 1 a', 'other 2 b'] : ['first 2 a', 'other 1 b'];
    expect(await ledger()).toEqual(['first 1 before', ...rows]);
  },
);

it('leaves no gap for a write that was lost', async () => {
  await append('before');
  next = 'lost';
  await expect(append('a')).rejects.toMatchObject(LOST);
  await append('a');
  expect(await ledger()).toEqual(['first 1 before', 'first 2 a']);
});

it('does not let a write in that comes after the next one', async () => {
  await append('before');
  next = 'late';
  await expect(append('a')).rejects.toMatchObject(LOST);
  await append('b');
  await expect(late[0]?.()).rejects.toMatchObject({ name: 'ChainMoved' });
  await append('c');
  expect(await ledger()).toEqual(['first 1 before', 'first 2 b', 'first 3 c']);
});

it('begins another chain when its own was closed by a process that believed it dead', async () => {
  await append('a');
  const key = chainKeyObject(new Uint8Array(32).fill(7));
  await closeDeadChains(database, checkpoints({ key, now, told: () => {} }), 'me', MID_MONTH + LEASE - 1);
  expect(await data.ask('SELECT 1 FROM ledger_chains')).toHaveLength(1);
  await closeDeadChains(database, checkpoints({ key, now, told: () => {} }), 'me', MID_MONTH + LEASE);
  await append('b');
  await append('c');
  expect(await ledger()).toEqual(['first 1 a', 'other 1 b', 'other 2 c']);
  const kinds = await data.ask<{ kind: string }>('SELECT kind FROM ledger_checkpoints ORDER BY number');
  expect(kinds.map(({ kind }) => kind)).toEqual(['opened', 'closed', 'opened']);
});
