import type { LedgerWrite } from '../store/ledger-store.ts';
import { isStoreUnavailable } from '../store/store-unavailable.ts';
import type { Crossing } from './crossing.ts';

/** Resolves once the row is on disk. When it cannot be written, what it describes must not leave. */
export async function writeBefore({ store }: Crossing, row: LedgerWrite): Promise<void> {
  try {
    await store.appendLedger([row]);
  } catch (cause) {
    // Nothing has left, and it may be written later: the job may run again.
    if (isStoreUnavailable(cause)) throw cause;
    throw new Error('The ledger cannot be written, so nothing was sent. Tell an administrator.', { cause });
  }
}

/** Adds what became of something that has left. Also while the database is away, this is no reason to send it again. */
export async function writeAfter({ store }: Crossing, row: LedgerWrite): Promise<void> {
  try {
    await store.appendLedger([row]);
  } catch (cause) {
    throw new Error(
      'The request was sent, but its outcome cannot be written to the ledger. Tell an administrator.',
      { cause },
    );
  }
}
