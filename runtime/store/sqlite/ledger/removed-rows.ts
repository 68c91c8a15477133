import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { ChainPlace } from '../../checkpoint.ts';
import { isSigned, type RemovedRows, removedMac } from '../../removed-rows.ts';
import { type Leaving, type Run, runsOf } from '../../rules/removed-runs.ts';
import type { Commits } from '../database/group-commit.ts';
import type { Checkpoints } from './checkpoints.ts';

/** The table of what is left of removed rows; all of it only within a transaction. */
export interface Removed {
  /** Notes rows that are deleted in the same transaction; they must be as they were written. */
  add(rows: readonly Leaving[]): void;
  /** Writes checkpoints of the chains in which rows were removed since the last time, as many as one step may. */
  tell(): void;
}

/** Checkpoints in one transaction. */
const MOST_TOLD = 100;

/** Keeps runs of removed neighbours as long as they can be: a chain of which all went is one row. */
export function removedRows(
  db: Database.Database,
  commits: Commits,
  { keys, checkpoints }: { readonly keys: readonly KeyObject[]; readonly checkpoints: Checkpoints },
): Removed {
  const [key] = keys;
  if (key === undefined) throw new Error('The ledger needs a key.');
  const upTo = db.prepare<[string, number], RemovedRows>(
    'SELECT * FROM ledger_removed WHERE chain = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1',
  );
  const from = db.prepare<[string, number], RemovedRows>(
    'SELECT * FROM ledger_removed WHERE chain = ? AND first_seq = ?',
  );
  const remove = db.prepare<[string, number]>('DELETE FROM ledger_removed WHERE chain = ? AND first_seq = ?');
  const insert = db.prepare<RemovedRows>(
    `INSERT OR REPLACE INTO ledger_removed (chain, first_seq, last_seq, previous_hash, hash, mac)
     VALUES (@chain, @first_seq, @last_seq, @previous_hash, @hash, @mac)`,
  );
  /** By chain, the last row removed of which no checkpoint tells yet. */
  let untold: ReadonlyMap<string, ChainPlace> = new Map();
  let committed = untold;

  commits.follow({
    begin() {
      committed = untold;
    },
    committed() {},
    undone() {
      untold = committed;
    },
  });

  /** Only what is signed is joined: joining signs it anew. */
  function joined(run: Run): Run {
    let { first_seq, last_seq, previous_hash, hash } = run;
    const before = upTo.get(run.chain, first_seq - 1);
    if (before?.last_seq === first_seq - 1 && before.hash === previous_hash && isSigned(keys, before)) {
      ({ first_seq, previous_hash } = before);
      remove.run(before.chain, before.first_seq);
    }
    const after = from.get(run.chain, last_seq + 1);
    if (after?.previous_hash === hash && isSigned(keys, after)) {
      ({ last_seq, hash } = after);
      remove.run(after.chain, after.first_seq);
    }
    return { chain: run.chain, first_seq, last_seq, previous_hash, hash };
  }

  return {
    add(rows) {
      const places = new Map(untold);
      for (const { chain, seq, position, hash } of rows) {
        if (seq > (places.get(chain)?.seq ?? 0)) places.set(chain, { chain, seq, position, hash });
      }
      untold = places;
      const isNoted = ({ chain, seq }: Leaving): boolean => (upTo.get(chain, seq)?.last_seq ?? 0) >= seq;
      for (const run of runsOf(rows.filter((row) => !isNoted(row)))) {
        const whole = joined(run);
        insert.run({ ...whole, mac: removedMac(key, whole) });
      }
    },

    tell() {
      const places = [...untold.values()];
      for (const place of places.slice(0, MOST_TOLD)) checkpoints.write('removed', place);
      untold = new Map(places.slice(MOST_TOLD).map((place) => [place.chain, place]));
    },
  };
}
