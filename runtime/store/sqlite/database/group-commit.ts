import type Database from 'better-sqlite3';
import { storeClosed } from '../../store-closed.ts';
import { partCommits, type Transaction } from './commit-parts.ts';

/** Memory that mirrors the database and must be undone with it. */
export interface Follower {
  begin(): void;
  /** All writes of the transaction were made: what was gathered from them can be written before its end. */
  committing?(): void;
  committed(): void;
  undone(): void;
}

/** Runs writes in transactions; see `groupCommit`. */
export interface Commits {
  /**
   * Runs `work` within the next group's transaction and resolves with its value once that is on disk. `work` is
   * synchronous and may run twice: it must leave no trace outside the database and its followers.
   */
  write<Value>(work: () => Value): Promise<Value>;
  /**
   * The same for work that is too long for one turn of the event loop: it runs from one `yield` to the next with turns of others in between,
   * in a transaction of its own, while other writes wait. Until it has ended, what it wrote is seen on this connection: who must not see
   * that awaits `settled` first.
   */
  writeInParts(parts: () => Iterator<void, void>): Promise<void>;
  /** Resolves when no work in parts is half done. */
  settled(): Promise<void>;
  follow(follower: Follower): void;
  /** Commits what was accepted; everything after is refused. */
  close(): void;
}

/** An fsync costs half a millisecond and more, whether for one job or for fifty. */
const GATHER_MS = 2;

interface Unit {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Puts the writes of one turn of the event loop into one transaction, and under load those of two milliseconds, so that
 * fifty jobs cost one fsync.
 *
 *     waiting -> begin -> run each unit -> followers write what they gathered -> commit -> resolve all
 *                  |          |_______________________________________________________|
 *                  |                 | anything throws: roll back, then each unit alone in a transaction of its own,
 *                  |                 | so that only the culprit is rejected
 *                  | the database cannot be written at all: reject all
 *
 * Work in parts takes turns with groups: who waited for one comes before the next.
 */
export function groupCommit(db: Database.Database): Commits {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const followers: Follower[] = [];
  let waiting: Unit[] = [];
  let closed = false;
  let lastSize = 0;
  let lastEnd = 0;

  const transaction: Transaction = {
    begin() {
      begin.run();
      for (const follower of followers) follower.begin();
    },
    end() {
      for (const follower of followers) follower.committing?.();
      commit.run();
    },
    undo() {
      // Some errors (a full disk, say) have already ended the transaction.
      if (db.inTransaction) rollback.run();
      for (const follower of followers) follower.undone();
    },
    committed() {
      for (const follower of followers) follower.committed();
    },
  };
  const inParts = partCommits(transaction, flush);

  /** In a transaction that has begun. */
  function transact(units: readonly Unit[]): void {
    try {
      for (const unit of units) unit.run();
      transaction.end();
    } catch (error) {
      transaction.undo();
      throw error;
    }
    for (const unit of units) unit.resolve();
    transaction.committed();
  }

  function commitAlone(unit: Unit): void {
    try {
      transaction.begin();
      transact([unit]);
    } catch (error) {
      unit.reject(error);
    }
  }

  function flush(): void {
    if (inParts.isOpen) return;
    const units = waiting;
    waiting = [];
    if (units.length === 0) return;
    commitGroup(units);
    lastSize = units.length;
    lastEnd = performance.now();
  }

  /** A writer alone, with what it left behind unawaited, is served at once. Among many, the next group is let grow while they write their next. */
  function flushSoon(): void {
    const rest = lastSize > 2 ? GATHER_MS - (performance.now() - lastEnd) : 0;
    if (rest >= 1) setTimeout(flush, rest);
    else setImmediate(flush);
  }

  function commitGroup(units: readonly Unit[]): void {
    try {
      transaction.begin();
    } catch (error) {
      for (const unit of units) unit.reject(error);
      return;
    }
    try {
      transact(units);
    } catch (error) {
      if (units.length > 1) units.forEach(commitAlone);
      else units[0]?.reject(error);
    }
  }

  return {
    write<Value>(work: () => Value): Promise<Value> {
      if (closed) return Promise.reject(storeClosed());
      return new Promise<Value>((resolve, reject) => {
        let value: Value;
        waiting.push({
          run: () => {
            value = work();
          },
          resolve: () => resolve(value),
          reject,
        });
        if (waiting.length === 1) flushSoon();
      });
    },
    writeInParts: (parts) => (closed ? Promise.reject(storeClosed()) : inParts.write(parts)),
    settled: () => inParts.settled(),
    follow(follower) {
      followers.push(follower);
    },
    close() {
      closed = true;
      inParts.finish();
      flush();
    },
  };
}
