import { storable } from '../../ledger-rows.ts';
import type { LedgerStore, LedgerWrite } from '../../ledger-store.ts';
import type { InFlight } from '../database/in-flight.ts';
import type { Session } from '../database/session.ts';
import type { Commits } from '../queue/commits.ts';
import type { Chain } from './chain.ts';
import type { LedgerRows } from './ledger-rows.ts';

export interface LedgerOptions {
  readonly chain: Chain;
  readonly commits: Commits;
  readonly rows: LedgerRows;
  readonly calls: InFlight;
  tellRemoved(session: Session): Promise<void>;
}

/** Writes the ledger: a chain for each start of the process. */
export function postgresLedger({ chain, commits, rows, calls, tellRemoved }: LedgerOptions): {
  readonly verbs: Pick<LedgerStore, 'appendLedger' | 'checkpointLedger'>;
  /** Writes the checkpoint that closes the chain; the last write. */
  close(): Promise<void>;
} {
  async function append(writes: readonly LedgerWrite[]): Promise<void> {
    // Refuses what no store takes before it is put together with others.
    for (const row of writes) storable(row);
    if (writes.length > 0) await commits.add({ rows: writes });
  }

  return {
    verbs: {
      appendLedger: (writes) => calls.add(append(writes)),
      checkpointLedger: () => calls.add(commits.add({ rows: [], checkpoint: true }).then(() => {})),
    },
    close: () =>
      chain.write(async (session, head) => {
        await tellRemoved(session);
        const end = head.seq > 0 ? await rows.checkpoint(session, head, 'closed') : head;
        return { head: end, rows: [], value: undefined };
      }),
  };
}
