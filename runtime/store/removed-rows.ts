import { createHmac, type KeyObject } from 'node:crypto';

/**
 * What is left of rows that went by age: for each run of neighbours in a chain the numbers of the first and the last, the
 * hash before the first and that of the last, and a signature. The chain stays whole over them.
 */
export interface RemovedRows {
  readonly chain: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly previous_hash: string;
  readonly hash: string;
  /** Signature over all the rest, in hexadecimal. */
  readonly mac: string;
}

/** Neither order nor form may ever change. */
export function removedMac(
  key: KeyObject,
  { chain, first_seq, last_seq, previous_hash, hash }: Omit<RemovedRows, 'mac'>,
): string {
  const signed = JSON.stringify(['removed', 1, chain, first_seq, last_seq, previous_hash, hash]);
  return createHmac('sha256', key).update(signed).digest('hex');
}

/** Whether Sluice removed these rows itself, under one of these keys. */
export function isSigned(keys: readonly KeyObject[], rows: RemovedRows): boolean {
  return keys.some((key) => removedMac(key, rows) === rows.mac);
}
