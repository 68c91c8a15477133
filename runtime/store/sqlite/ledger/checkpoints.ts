import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import {
  type ChainPlace,
  type Checkpoint,
  type CheckpointKind,
  checkpointMac,
  FIRST_MAC,
} from '../../checkpoint.ts';
import type { Commits } from '../database/group-commit.ts';

/** The table of checkpoints, which only grows. */
export interface Checkpoints {
  /** Only within a transaction. */
  write(kind: CheckpointKind, place: ChainPlace): void;
  /** Of all that are not about removed rows. */
  newest(): Checkpoint | undefined;
  newestOf(chain: string): Checkpoint | undefined;
  /** The largest position that any names; 0 when there is none. */
  position(): number;
}

export interface CheckpointOptions {
  readonly key: KeyObject;
  readonly now: () => number;
  /** Called for each once it is on disk, in order. Must not throw. */
  readonly told: (checkpoint: Checkpoint) => void;
}

/** Writes checkpoints, each of which is signed with the one before it. */
export function sqliteCheckpoints(
  db: Database.Database,
  commits: Commits,
  { key, now, told }: CheckpointOptions,
): Checkpoints {
  const last = db.prepare<[], Checkpoint>('SELECT * FROM ledger_checkpoints ORDER BY number DESC LIMIT 1');
  const insert = db.prepare<Checkpoint>(
    `INSERT INTO ledger_checkpoints (number, kind, chain, seq, position, hash, at, mac)
     VALUES (@number, @kind, @chain, @seq, @position, @hash, @at, @mac)`,
  );
  let untold: Checkpoint[] = [];

  commits.follow({
    begin() {
      untold = [];
    },
    committed() {
      for (const checkpoint of untold.splice(0)) told(checkpoint);
    },
    undone() {
      untold = [];
    },
  });

  return {
    write(kind, { chain, seq, position, hash }) {
      const before = last.get();
      const number = (before?.number ?? 0) + 1;
      const unsigned = { number, kind, chain, seq, position, hash, at: Math.trunc(now()) };
      const mac = checkpointMac(key, before?.mac ?? FIRST_MAC, unsigned);
      const checkpoint = Object.freeze({ ...unsigned, mac });
      insert.run(checkpoint);
      untold.push(checkpoint);
    },
    newest: () =>
      db
        .prepare<[], Checkpoint>(
          "SELECT * FROM ledger_checkpoints WHERE kind <> 'removed' ORDER BY number DESC LIMIT 1",
        )
        .get(),
    newestOf: (chain) =>
      db
        .prepare<[string], Checkpoint>(
          `SELECT * FROM ledger_checkpoints WHERE chain = ? AND kind <> 'removed'
           ORDER BY seq DESC, number DESC LIMIT 1`,
        )
        .get(chain),
    position: () =>
      db.prepare<[], number>('SELECT ifnull(max(position), 0) FROM ledger_checkpoints').pluck().get() ?? 0,
  };
}
