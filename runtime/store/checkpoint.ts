import { createHmac, type KeyObject } from 'node:crypto';

/**
 * Checkpoints say which row a chain of the ledger had reached. They are numbered from 1 without gaps, and each is signed
 * together with the signature before it: so rows that are cut off at the end of a chain are missed, and so is a checkpoint,
 * unless it was the last. The last ones are also in the server's log, and in a file outside if there is one.
 */

/**
 * Why it was written: `opened` with the first row of a chain; `going` every 1,000 rows or ten minutes; `closed` at the stop,
 * or by the next start after a crash; `removed` when rows up to this one went by age.
 */
export type CheckpointKind = 'opened' | 'going' | 'closed' | 'removed';

export interface Checkpoint extends ChainPlace {
  readonly number: number;
  readonly kind: CheckpointKind;
  readonly at: number;
  /** Its signature, in hexadecimal. */
  readonly mac: string;
}

/** A row of a chain; `seq` 0 is the chain's beginning. `position` counts the rows of all chains up to this one. */
export interface ChainPlace {
  readonly chain: string;
  readonly seq: number;
  readonly position: number;
  readonly hash: string;
}

/** What the first checkpoint follows. */
export const FIRST_MAC = '0'.repeat(64);

/** The signature of a checkpoint that follows the one with `previousMac`. Neither order nor form may ever change. */
export function checkpointMac(
  key: KeyObject,
  previousMac: string,
  { number, kind, chain, seq, position, hash, at }: Omit<Checkpoint, 'mac'>,
): string {
  const signed = JSON.stringify(['checkpoint', 1, number, kind, chain, seq, position, hash, at]);
  return createHmac('sha256', key)
    .update(previousMac + signed)
    .digest('hex');
}
