import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';

/** What is deleted by age, in steps. */
export type SweptKind = 'logs' | 'jobs' | 'ledger' | 'months';

/**
 * Runs a step in one transaction, unless another process is at a step of this kind: then there is nothing to do here, and nobody
 * waits. Gives `otherwise` in that case.
 */
export function sweepStep<Value>(
  database: Pick<Database, 'transact'>,
  kind: SweptKind,
  otherwise: Value,
  work: (session: Session) => Promise<Value>,
): Promise<Value> {
  return database.transact(async (session) => {
    const taken = await session.row<{ taken: boolean }>(TAKE, [kind]);
    return taken?.taken ? work(session) : otherwise;
  });
}

const TAKE = {
  name: 'take sweep',
  text: `SELECT pg_try_advisory_xact_lock(hashtext('sluice sweep'), hashtext($1)) AS taken`,
};
