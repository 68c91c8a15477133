import type Database from 'better-sqlite3';
import { storeClosed } from './store-closed.ts';

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

  function transact(units: readonly Unit[]): void {
    for (const follower of followers) follower.begin();
    try {
      for (const unit of units) unit.run();
      for (const follower of followers) follower.committing?.();
      commit.run();
    } catch (error) {
      // Some errors (a full disk, say) have already ended the transaction.
      if (db.inTransaction) rollback.run();
      for (const follower of followers) follower.undone();
      throw error;
    }
    for (const unit of units) unit.resolve();
    for (const follower of followers) follower.committed();
  }

  function commitAlone(unit: Unit): void {
    try {
      begin.run();
      transact([unit]);
    } catch (error) {
      unit.reject(error);
    }
  }

  function flush(): void {
    const units = waiting;
    waiting = [];
    if (units.length === 0) return;
    commitGroup(units);
    lastSize = units.length;
    lastEnd = performance.now();
  }

  /** A writer alone is served at once. Among many, the next group is let grow while they write their next. */
  function flushSoon(): void {
    const rest = lastSize > 1 ? GATHER_MS - (performance.now() - lastEnd) : 0;
    if (rest >= 1) setTimeout(flush, rest);
    else setImmediate(flush);
  }

  function commitGroup(units: readonly Unit[]): void {
    try {
      begin.run();
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
    follow(follower) {
      followers.push(follower);
    },
    close() {
      closed = true;
      flush();
    },
  };
}
