import type { AppError } from '../../../app-error.ts';
import { deepFreeze } from '../../../deep-freeze.ts';
import type { ReadTerms } from '../../read-terms.ts';
import { nobodyWaits, overLimit } from '../../rules/read-refusals.ts';
import { readTurns } from '../../rules/read-turns.ts';
import { storeClosed } from '../../store-closed.ts';
import { connectionOf } from './connection-of.ts';
import { openPool } from './pool.ts';
import { type Session, type SqlText, sessionOf } from './session.ts';
import { isStalePlan, isUnavailable, storeError } from './store-errors.ts';

/** Where the statements of a read run. */
export type ReadSession = Pick<Session, 'rows' | 'row'>;

/**
 * Reads whose cost depends on what is stored. Each is refused with an `AppError`: `query_limit` (422) past its time, `reader_busy`
 * (503) when too much is waiting, `given_up` (499) when the signal was aborted, `store_unavailable` and `store_closed` (503).
 * What they give is frozen.
 */
export interface Reads {
  /** A read of one statement. */
  rows<Row>(sql: SqlText, values: readonly unknown[], terms: ReadTerms | undefined): Promise<readonly Row[]>;
  /** A read of several statements, all of which see one state of the database. `work` may run again, so it must leave no trace elsewhere. */
  together<Value>(
    terms: ReadTerms | undefined,
    work: (session: ReadSession) => Promise<Value>,
  ): Promise<Value>;
  /** Ends what is being read. */
  close(): Promise<void>;
}

export interface ReadsOptions {
  readonly url: string;
  /** What ends a statement of another connection. */
  readonly database: Pick<Session, 'rows'>;
  /** 4 unless given. One of them is left to the other callers when a caller's read is slow: each caller has one. */
  readonly connections?: number;
  /** In milliseconds, for a read whose terms do not say. */
  readonly readMs?: number | undefined;
}

const READ_MS = 10_000;
/** Most reads end by themselves before their caller's leaving would be worth a new connection. */
const LAST_MS = 250;
/** For a statement that could not be ended from here: the database ends it, and a silent database is left. */
const LATE_MS = 1_000;
const SILENCE_MS = 5_000;
/** A node that is frozen in the middle of a read must not keep old rows from being cleaned up. */
const FROZEN_MS = 60_000;

/**
 * Reads on connections of their own, which cannot write and keep no write waiting.
 *
 *     waiting for its turn -> begun -> read -> connection goes back
 *                                   -> its time is over, nobody waits any more, or the store closes
 *                                        -> the statement is ended in the database, and the connection with it
 */
export function openReads({ url, database, connections = 4, readMs = READ_MS }: ReadsOptions): Reads {
  const turns = readTurns(connections);
  const running = new Set<(why: AppError) => void>();
  let closed = false;
  const pool = openPool({
    ...connectionOf(url, '-c default_transaction_read_only=on -c jit=off'),
    application_name: 'sluice reads',
    max: connections,
    idle_in_transaction_session_timeout: FROZEN_MS,
  });

  async function run<Value>(
    { timeoutMs = readMs, signal }: ReadTerms,
    work: (session: ReadSession) => Promise<Value>,
  ): Promise<Value> {
    if (closed) throw storeClosed();
    const client = await pool.connect();
    let stopped: AppError | undefined;
    let ending: Promise<unknown> | undefined;
    let last: NodeJS.Timeout | undefined;
    let isBroken = false;
    const session = sessionOf({
      async query(config) {
        if (stopped !== undefined) throw stopped;
        const statement = { ...config, query_timeout: timeoutMs + SILENCE_MS };
        return client.query(statement);
      },
    });
    // These go out with the first statement of `work`; when one fails, so does that.
    const begun = [session.rows(begin(timeoutMs)), session.row<{ pid: number }>(PROCESS)] as const;
    for (const each of begun) each.catch(() => {});
    const stop = (why: AppError): void => {
      stopped ??= why;
      ending ??= begun[1].then((row) => database.rows(END, [row?.pid])).catch(() => {});
    };
    const leave = (): void => {
      last = setTimeout(() => stop(nobodyWaits()), LAST_MS);
    };
    const timer = setTimeout(() => stop(overLimit('time', timeoutMs, 0)), timeoutMs);
    signal?.addEventListener('abort', leave);
    running.add(stop);
    try {
      const value = await work(session);
      await session.rows('COMMIT');
      return deepFreeze(value);
    } catch (error) {
      isBroken = isUnavailable(error) || isStalePlan(error);
      if (!isBroken && stopped === undefined)
        await client.query('ROLLBACK').catch(() => {
          isBroken = true;
        });
      throw stopped ?? storeError(error);
    } finally {
      clearTimeout(timer);
      clearTimeout(last);
      signal?.removeEventListener('abort', leave);
      running.delete(stop);
      // What ends a statement may come after it: the connection's next one must not be hit.
      client.release(isBroken || stopped !== undefined);
      await ending;
    }
  }

  /** A newer node has changed a table: each connection finds out for itself, and is left for that. */
  const runAgain: typeof run = async (terms, work) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await run(terms, work);
      } catch (error) {
        if (!isStalePlan(error) || tries === connections) throw error;
      }
    }
  };

  const together: Reads['together'] = async (terms = {}, work) => {
    if (closed) throw storeClosed();
    return turns.take(terms, () => runAgain(terms, work));
  };

  return {
    together,
    rows: (sql, values, terms) => together(terms, (session) => session.rows(sql, values)),
    async close() {
      closed = true;
      for (const stop of running) stop(storeClosed());
      await turns.ended();
      await pool.close();
    },
  };
}

const begin = (timeoutMs: number): string =>
  `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(timeoutMs) + LATE_MS}`;
const PROCESS = { name: 'process', text: 'SELECT pg_backend_pid() AS pid' };
const END = { name: 'end', text: 'SELECT pg_cancel_backend($1)' };
