import type { LedgerWrite } from '../store/ledger-store.ts';
import type { Crossing } from './crossing.ts';

/** Resolves once the row is on disk. When it cannot be written, what it describes must not leave. */
export async function writeBefore({ store }: Crossing, row: LedgerWrite): Promise<void> {
  try {
    await store.appendLedger([row]);
  } catch (cause) {
    throw new Error('The ledger cannot be written, so nothing was sent. Tell an administrator.', { cause });
  }
}

/** Adds what became of something that has left. */
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
