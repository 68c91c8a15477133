import { checkLedger, type LedgerCheck } from '../../ledger-check/check-ledger.ts';
import type { LedgerReport } from '../../ledger-check/report.ts';
import { doLater } from '../../ledger-check/steps.ts';
import { openDatabase } from '../database/database.ts';
import { ledgerSource } from './ledger-source.ts';

/**
 * Looks at the ledger in the database of a URL, whatever time that takes, while nodes go on writing: at one state of it. Needs no store
 * and writes nothing. Rejects with `store_unavailable` (503) when the database cannot be reached.
 */
export async function checkPostgresLedger(
  url: string,
  check: Omit<LedgerCheck, 'source'>,
): Promise<LedgerReport> {
  const database = openDatabase({ url, mostConnections: 1 });
  try {
    return await database.transact(async (session) => {
      await session.rows('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return doLater(checkLedger({ ...check, source: ledgerSource(session) }));
    });
  } finally {
    await database.close();
  }
}
