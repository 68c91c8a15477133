import type { Database } from '../database/database.ts';
import type { Checkpoints } from './checkpoints.ts';
import { type Head, placeOf } from './ledger-rows.ts';

/**
 * Closes the chains of processes that are gone, by their leases, with a checkpoint of the last row that each wrote. One that is alive after
 * all finds its chain closed and begins another.
 */
export async function closeDeadChains(
  database: Database,
  checkpoints: Checkpoints,
  own: string,
  now: number,
): Promise<void> {
  await database.transact(async (session) => {
    const dead = await session.rows<Head>(CLOSE, [now, own]);
    await checkpoints.write(
      session,
      dead.map((head) => ({ kind: 'closed', ...placeOf(head) })),
    );
  });
}

const CLOSE = {
  name: 'close dead chains',
  text: `DELETE FROM ledger_chains WHERE chain IN (
  SELECT chain FROM ledger_chains WHERE lease_until <= $1 AND chain <> $2 ORDER BY chain FOR UPDATE SKIP LOCKED)
RETURNING chain, base, seq, hash`,
};
