import type { KeyObject } from 'node:crypto';
import {
  type ChainPlace,
  type Checkpoint,
  type CheckpointKind,
  checkpointMac,
  FIRST_MAC,
} from '../../checkpoint.ts';
import type { Session } from '../database/session.ts';

/** The table of checkpoints, which only grows; within a transaction. */
export interface Checkpoints {
  /** In this order. Until the transaction ends no other process writes any: each is signed with the one before it. */
  write(session: Session, checkpoints: readonly NewCheckpoint[]): Promise<void>;
}
export interface NewCheckpoint extends ChainPlace {
  readonly kind: CheckpointKind;
}

export interface CheckpointOptions {
  readonly key: KeyObject;
  readonly now: () => number;
  /** Called for each once it is committed, in order. Must not throw. */
  readonly told: (checkpoint: Checkpoint) => void;
}

/** Writes checkpoints, each of which is signed with the one before it, whoever wrote that. */
export function checkpoints({ key, now, told }: CheckpointOptions): Checkpoints {
  return {
    async write(session, wanted) {
      if (wanted.length === 0) return;
      const [, before] = await Promise.all([session.rows(LOCK), session.row<Checkpoint>(LAST)]);
      let last: Pick<Checkpoint, 'number' | 'mac'> = before ?? { number: 0, mac: FIRST_MAC };
      const written = wanted.map(({ kind, chain, seq, position, hash }) => {
        const at = Math.trunc(now());
        const unsigned = { number: last.number + 1, kind, chain, seq, position, hash, at };
        const mac = checkpointMac(key, last.mac, unsigned);
        last = { number: unsigned.number, mac };
        return Object.freeze({ ...unsigned, mac });
      });
      await session.changes(INSERT, [JSON.stringify(written)]);
      session.committed(() => {
        for (const checkpoint of written) told(checkpoint);
      });
    },
  };
}

const COLUMNS = 'number, kind, chain, seq, position, hash, at, mac';
const LOCK = {
  name: 'lock checkpoints',
  text: `SELECT pg_advisory_xact_lock(hashtext('sluice checkpoints'))`,
};
const LAST = {
  name: 'last checkpoint',
  text: 'SELECT number, mac FROM ledger_checkpoints ORDER BY number DESC LIMIT 1',
};
const INSERT = {
  name: 'append checkpoints',
  text: `INSERT INTO ledger_checkpoints (${COLUMNS})
SELECT ${COLUMNS} FROM json_to_recordset($1) AS checkpoint(number bigint, kind text, chain text, seq bigint, position bigint,
  hash text, at bigint, mac text)`,
};
