import type Database from 'better-sqlite3';
import { checkLedger } from '../../ledger-check/check-ledger.ts';
import type { LedgerReport } from '../../ledger-check/report.ts';
import { doAtOnce } from '../../ledger-check/steps.ts';
import { ledgerSource } from './ledger-source.ts';

/** The verification as one of the long reads. */
export const ledgerVerification = (db: Database.Database) => ({
  /** Rows from about `from` on, in milliseconds since 1970, else all; `keys` are those of the chains, in hexadecimal. */
  verifyLedger: ({ from }: { readonly from?: number | undefined }, keys: readonly string[]): LedgerReport =>
    doAtOnce(checkLedger({ source: ledgerSource(db), keys, from })),
});
