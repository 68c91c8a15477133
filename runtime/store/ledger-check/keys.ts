import type { KeyObject } from 'node:crypto';
import { chainKeyObject, hashOf } from '../chain.ts';
import { type Checkpoint, checkpointMac } from '../checkpoint.ts';
import type { StoredLedgerRow } from '../ledger-store.ts';
import { isSigned, type RemovedRows } from '../removed-rows.ts';

/** Keys of the ledger; the one that fitted last is tried first, since rows of one key come together. */
export class LedgerKeys {
  #keys: readonly KeyObject[];
  /** Whether any of them ever fitted anything. */
  fitted = false;

  /** In hexadecimal. Throws when there is none. */
  constructor(keys: readonly string[]) {
    if (keys.length === 0) throw new Error('The ledger needs a key.');
    this.#keys = keys.map((key) => chainKeyObject(Buffer.from(key, 'hex')));
  }

  /** The row's hash under the key that fits; when none does, under the one that fitted last. */
  hashOf(row: StoredLedgerRow): string {
    return this.#first((key) => hashOf(key, row), row.hash);
  }

  /** In the same way. */
  macOf(checkpoint: Checkpoint, previousMac: string): string {
    return this.#first((key) => checkpointMac(key, previousMac, checkpoint), checkpoint.mac);
  }

  isSigned(rows: RemovedRows): boolean {
    return isSigned(this.#keys, rows);
  }

  #first(make: (key: KeyObject) => string, wanted: string): string {
    let first = '';
    for (const [index, key] of this.#keys.entries()) {
      const made = make(key);
      if (made === wanted) {
        this.fitted = true;
        if (index > 0) this.#keys = [key, ...this.#keys.filter((other) => other !== key)];
        return made;
      }
      if (index === 0) first = made;
    }
    return first;
  }
}
