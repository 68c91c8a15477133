import { uuidv7 } from '../../../ids.ts';
import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
import { isUnavailable } from '../database/store-errors.ts';
import { CHAIN_POSITIONS, ChainMoved, type Head, newHead } from './ledger-rows.ts';

/** What one transaction does at the end of the chain. */
export interface ChainWork<Value> {
  /** The chain's end after it. */
  readonly head: Head;
  /** Ids of the rows that it appended. */
  readonly rows: readonly string[];
  readonly value: Value;
}

/** The chain of this process; one write at a time. */
export interface Chain {
  /** Its name; "" before its first row. */
  name(): string;
  /** Nobody closes it before that time unless it is renewed again. */
  renew(until: number): Promise<void>;
  /** Runs `work` in a transaction that begins at the chain's end. It may run again, and must leave no trace elsewhere. */
  write<Value>(work: (session: Session, head: Head) => Promise<ChainWork<Value>>): Promise<Value>;
  /** True for a row that an earlier write has stored although it was told that the database was lost. */
  wasWritten(row: string): boolean;
}

export interface ChainOptions {
  readonly database: Database;
  /** The first chain's name. */
  readonly process: string;
  readonly now: () => number;
}

/** A write of which nobody knows whether it is stored. */
interface Doubt {
  readonly from: Head;
  readonly to: Head;
  readonly rows: readonly string[];
}

const MOST_TRIES = 3;

/**
 * Follows the chain's end in memory, and in `ledger_chains`.
 *
 *     none -> (first write: begins) -> known -> write -> known
 *                                        | the connection was lost in COMMIT
 *                                        v
 *                                     doubtful -> (asked: waits for what may still be under way) -> known, with or without that write
 *
 * A write that comes to the database only after it was asked finds the chain moved on, or it was first and the next one finds that:
 * either way the end is asked for again. A chain that is gone was closed by another process, which believed this one dead; the next
 * row begins another chain.
 */
export function chainOf({ database, process, now }: ChainOptions): Chain {
  let head: Head | undefined;
  let doubt: Doubt | undefined;
  let isAsked = true;
  let begun = 0;
  const stored = new Set<string>();

  async function begin(): Promise<Head> {
    const row = await database.row<{ number: number }>(NEXT);
    begun += 1;
    return newHead(begun === 1 ? process : uuidv7(now()), (row?.number ?? 0) * CHAIN_POSITIONS);
  }

  async function ask(known: Head): Promise<Head> {
    const there = await database.row<Head>(HEAD, [known.chain]);
    if (doubt !== undefined && (await isStored(doubt, there))) {
      for (const row of doubt.rows) stored.add(row);
      const { to } = doubt;
      doubt = undefined;
      if (there !== undefined) return to;
    }
    if (there !== undefined && isSame(there, known)) return known;
    doubt = undefined;
    return begin();
  }

  /** `there`: where the chain ends; undefined when it is closed, and only its rows can tell. */
  async function isStored({ to }: Doubt, there: Head | undefined): Promise<boolean> {
    if (there !== undefined) return isSame(there, to);
    return (await database.row(WRITTEN, [to.base + to.seq, to.chain, to.hash])) !== undefined;
  }

  async function current(): Promise<Head> {
    let known = head ?? (await begin());
    if (!isAsked) known = await ask(known);
    isAsked = true;
    head = known.seq > CHAIN_POSITIONS / 2 ? await begin() : known;
    return head;
  }

  async function attempt<Value>(
    work: (session: Session, head: Head) => Promise<ChainWork<Value>>,
  ): Promise<Value> {
    const from = await current();
    let done: ChainWork<Value> | undefined;
    try {
      const { value, head: to } = await database.transact(async (session) => {
        done = undefined;
        done = await work(session, from);
        return done;
      });
      if (to.seq > from.seq) doubt = undefined;
      head = to;
      return value;
    } catch (error) {
      if (error instanceof ChainMoved) isAsked = false;
      // It was to be committed.
      if (isUnavailable(error) && done !== undefined && done.head !== from) {
        doubt = { from, to: done.head, rows: done.rows };
        isAsked = false;
      }
      throw error;
    }
  }

  const name = (): string => (head !== undefined && head.seq > 0 ? head.chain : '');

  return {
    name,
    async renew(until) {
      if (name() !== '') await database.changes(RENEW, [name(), until]);
    },
    async write(work) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(work);
        } catch (error) {
          if (!(error instanceof ChainMoved) || tries === MOST_TRIES) throw error;
        }
      }
    },
    wasWritten: (row) => stored.has(row),
  };
}

const isSame = (one: Head, other: Head): boolean =>
  one.seq === other.seq && one.hash === other.hash && one.checkpointed === other.checkpointed;

const NEXT = { name: 'next chain', text: `SELECT nextval('ledger_positions') AS number` };
const WRITTEN = {
  name: 'written row',
  text: 'SELECT 1 FROM ledger WHERE position = $1 AND chain = $2 AND hash = $3',
};
const RENEW = {
  name: 'renew chain',
  text: 'UPDATE ledger_chains SET lease_until = greatest(lease_until, $2) WHERE chain = $1',
};
/** Waits for a transaction that is under way. */
const HEAD = {
  name: 'chain',
  text: 'SELECT chain, base, seq, hash, checkpointed FROM ledger_chains WHERE chain = $1 FOR UPDATE',
};
