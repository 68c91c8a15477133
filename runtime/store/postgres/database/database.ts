import type pg from 'pg';
import { connectionOf } from './connection-of.ts';
import { openPool } from './pool.ts';
import { type Runs, type Session, sessionOf } from './session.ts';
import { isLostRace, isStalePlan, isUnavailable, storeError } from './store-errors.ts';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name`, with what libpq takes after the `?`. */
  readonly url: string;
  /** 10 unless given. */
  readonly mostConnections?: number;
  /** `relaxed`: a write that resolved may be lost when the database's machine dies. */
  readonly durability?: 'full' | 'relaxed';
  /** It is a node's, beside which no move begins. Without it somebody only looks. */
  readonly isNode?: boolean;
}

/** Connections to one PostgreSQL database. */
export interface Database extends Session {
  /**
   * Runs `work` in one transaction and resolves once it is committed. What is asked of the session without waiting goes out
   * together. `work` runs again when it lost a race against another transaction, so it must leave no trace elsewhere.
   */
  transact<Value>(work: (session: Session) => Promise<Value>): Promise<Value>;
  /**
   * Runs `work` on one connection, each statement committed by itself: one that does all at once saves two trips. It runs again when
   * it lost a race, so nothing that may lose one may follow a statement that must not be done twice.
   */
  alone<Value>(work: (session: Session) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

/** A write that takes longer is given up by the database; so is one that waits for a lock. */
const STATEMENT_MS = 20_000;
/** When the database does not answer at all: cut off, or stopped. */
const SILENCE_MS = 25_000;
const MOST_TRIES = 5;
/**
 * What is written is found by indexes, also by a plan that was made while a table was small. A bitmap scan would pass by the entries of rows
 * that are gone, again and again, where an index scan marks them; a queue leaves many.
 */
const PLANS = '-c enable_seqscan=off -c enable_bitmapscan=off -c jit=off';

/** Opens no connection yet: the first statement does. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, mostConnections = 10, durability = 'full', isNode = false } = options;
  const pool = openPool({
    ...connectionOf(url, `-c synchronous_commit=${durability === 'full' ? 'on' : 'off'} ${PLANS}`),
    ...(isNode ? {} : { application_name: 'sluice look' }),
    max: mostConnections,
    query_timeout: SILENCE_MS,
    statement_timeout: STATEMENT_MS,
    // A node that is frozen in the middle of a transaction must not keep its locks.
    idle_in_transaction_session_timeout: STATEMENT_MS,
  });

  async function attempt<Value>(work: (session: Session) => Promise<Value>): Promise<Value> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const told: (() => void)[] = [];
    const open = whileOpen(client);
    try {
      // Goes out with the first statement of `work`; when it fails, so does that.
      const begun = client.query('BEGIN');
      begun.catch(() => {});
      const value = await work(sessionOf(open.runs, (tell) => told.push(tell)));
      open.end();
      // A statement has failed, and nobody looked.
      if ((await client.query('COMMIT')).command !== 'COMMIT') throw new Error('The transaction was undone.');
      for (const tell of told) tell();
      return value;
    } catch (error) {
      open.end();
      if (isUseless(error)) broken = error instanceof Error ? error : new Error(String(error));
      else await client.query('ROLLBACK').catch((failed: Error) => (broken = failed));
      throw storeError(error);
    } finally {
      client.release(broken);
    }
  }

  async function onOne<Value>(work: (session: Session) => Promise<Value>): Promise<Value> {
    const client = await pool.connect();
    const open = whileOpen(client);
    let broken = false;
    try {
      return await work(sessionOf(open.runs));
    } catch (error) {
      broken = isUseless(error);
      throw error;
    } finally {
      open.end();
      client.release(broken);
    }
  }

  async function again<Value>(work: () => Promise<Value>, isAgain = isLostRace): Promise<Value> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isAgain(error) || tries === MOST_TRIES) throw error;
      }
    }
  }

  async function single(config: Parameters<Runs['query']>[0]): ReturnType<Runs['query']> {
    const client = await pool.connect();
    try {
      const result = await client.query(config);
      client.release();
      return result;
    } catch (error) {
      client.release(isUseless(error));
      throw error;
    }
  }

  return {
    // A stale one was refused before it did anything. A race that a statement alone has lost is for its caller to know.
    ...sessionOf({ query: (config) => again(() => single(config), isStalePlan) }),
    transact: (work) => again(() => attempt(work)),
    alone: (work) => again(() => onOne(work)),
    close: pool.close,
  };
}

/**
 * A connection until `end`. Where several things are done at once, the first that fails ends the work while others go on: what they
 * send then must not come into the next one's transaction, nor be committed by itself.
 */
function whileOpen(client: pg.PoolClient): { readonly runs: Runs; end(): void } {
  let isOver = false;
  return {
    runs: {
      async query(config) {
        if (isOver) throw new Error('The transaction of this statement is over.');
        return client.query(config);
      },
    },
    end: () => {
      isOver = true;
    },
  };
}

/** Of the connection on which it came. */
const isUseless = (error: unknown): boolean => isUnavailable(error) || isStalePlan(error);
