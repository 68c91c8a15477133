import type { KeyObject } from 'node:crypto';
import type { ChainPlace } from '../../checkpoint.ts';
import { isSigned, type RemovedRows, removedMac } from '../../removed-rows.ts';
import { type Leaving, type Run, runsOf } from '../../rules/removed-runs.ts';
import type { Session } from '../database/session.ts';
import type { Checkpoints } from './checkpoints.ts';

/** The table of what is left of removed rows; all of it only within a transaction, and by one process at a time. */
export interface Removed {
  /** Notes rows that are deleted in the same transaction; they must be as they were written. */
  add(session: Session, rows: readonly Leaving[]): Promise<void>;
  /** Writes checkpoints of the chains in which this process removed rows since the last time, as many as one step may. */
  tell(session: Session): Promise<void>;
}

/** Checkpoints in one transaction. */
const MOST_TOLD = 100;

/** Keeps runs of removed neighbours as long as they can be: a chain of which all went is one row. */
export function removedRows(keys: readonly KeyObject[], checkpoints: Checkpoints): Removed {
  const [key] = keys;
  if (key === undefined) throw new Error('The ledger needs a key.');
  /** By chain, the last row removed of which no checkpoint tells yet. */
  const untold = new Map<string, ChainPlace>();

  function remember(rows: readonly Leaving[]): void {
    for (const { chain, seq, position, hash } of rows)
      if (seq > (untold.get(chain)?.seq ?? 0)) untold.set(chain, { chain, seq, position, hash });
  }

  return {
    async add(session, rows) {
      if (rows.length === 0) return;
      const near = await session.rows<RemovedRows>(NEAR, [
        rows.map(({ chain }) => chain),
        rows.map(({ seq }) => seq),
      ]);
      const isNoted = ({ chain, seq }: Leaving): boolean =>
        near.some((run) => run.chain === chain && run.first_seq <= seq && seq <= run.last_seq);
      const signed = near.filter((run) => isSigned(keys, run));
      const whole = joined(signed, runsOf(rows.filter((row) => !isNoted(row))));
      const gone = signed.filter((run) => !whole.includes(run));
      await session.changes(FORGET, [gone.map(({ chain }) => chain), gone.map(({ first_seq }) => first_seq)]);
      const made = whole
        .filter((run) => !near.some((known) => known === run))
        .map((run) => ({ ...run, mac: removedMac(key, run) }));
      await session.changes(NOTE, [JSON.stringify(made)]);
      session.committed(() => remember(rows));
    },

    async tell(session) {
      const places = [...untold.values()].slice(0, MOST_TOLD);
      await checkpoints.write(
        session,
        places.map((place) => ({ kind: 'removed', ...place })),
      );
      session.committed(() => {
        for (const place of places) if (untold.get(place.chain) === place) untold.delete(place.chain);
      });
    },
  };
}

/** The runs that there are with those that are new; what touches becomes one. Only what is signed is given: joining signs it anew. */
function joined(signed: readonly Run[], added: readonly Run[]): readonly Run[] {
  let runs = signed;
  for (const run of added) {
    const before = runs.find(
      (other) =>
        other.chain === run.chain && other.last_seq === run.first_seq - 1 && other.hash === run.previous_hash,
    );
    const after = runs.find(
      (other) =>
        other.chain === run.chain && other.first_seq === run.last_seq + 1 && other.previous_hash === run.hash,
    );
    const whole = {
      chain: run.chain,
      first_seq: before?.first_seq ?? run.first_seq,
      last_seq: after?.last_seq ?? run.last_seq,
      previous_hash: before?.previous_hash ?? run.previous_hash,
      hash: after?.hash ?? run.hash,
    };
    runs = [...runs.filter((other) => other !== before && other !== after), whole];
  }
  return runs;
}

/** Of each row the runs that hold it, end before it or begin after it. */
const NEAR = {
  name: 'removed rows near',
  text: `SELECT DISTINCT near.* FROM unnest($1::text[], $2::bigint[]) AS place(chain, seq), LATERAL (
  SELECT * FROM ledger_removed WHERE ledger_removed.chain = place.chain AND first_seq <= place.seq + 1
  ORDER BY first_seq DESC LIMIT 2) AS near`,
};
const FORGET = {
  name: 'forget removed rows',
  text: `DELETE FROM ledger_removed USING unnest($1::text[], $2::bigint[]) AS gone(chain, first_seq)
WHERE ledger_removed.chain = gone.chain AND ledger_removed.first_seq = gone.first_seq`,
};
const NOTE = {
  name: 'note removed rows',
  text: `INSERT INTO ledger_removed (chain, first_seq, last_seq, previous_hash, hash, mac)
SELECT chain, first_seq, last_seq, previous_hash, hash, mac
FROM json_to_recordset($1) AS run(chain text, first_seq bigint, last_seq bigint, previous_hash text, hash text, mac text)
ON CONFLICT (chain, first_seq) DO UPDATE
SET last_seq = excluded.last_seq, previous_hash = excluded.previous_hash, hash = excluded.hash, mac = excluded.mac`,
};
