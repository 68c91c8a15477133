import Database from 'better-sqlite3';
import { checkLedger, type LedgerCheck } from '../../runtime/store/ledger-check/check-ledger.ts';
import type { LedgerReport } from '../../runtime/store/ledger-check/report.ts';
import { doAtOnce } from '../../runtime/store/ledger-check/steps.ts';
import { ledgerSource } from '../../runtime/store/sqlite/ledger/ledger-source.ts';
import { openForReading } from '../../runtime/store/sqlite/reader/open-for-reading.ts';

/** The key of stores that tests open, as verification takes it. */
export const HEX_KEY = '07'.repeat(32);

/** Verifies the ledger in a database file, which may be in use. */
export function verify(file: string, options: Partial<Omit<LedgerCheck, 'source'>> = {}): LedgerReport {
  const db = openForReading(file);
  try {
    return db.transaction(() =>
      doAtOnce(checkLedger({ source: ledgerSource(db), keys: [HEX_KEY], ...options })),
    )();
  } finally {
    db.close();
  }
}

/** Does what an attacker can do who has the database and not the keyring. */
export function tamper(file: string, sql: string): void {
  const db = new Database(file);
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** What was found, short: `changed 2`, `missing 3-4`, `cut off 9`, `added`. */
export const found = ({ problems }: LedgerReport): readonly string[] =>
  problems.map(({ fault, seq, last_seq, checkpoint }) => {
    const rows = seq === null ? '' : ` ${seq}${last_seq === null || last_seq === seq ? '' : `-${last_seq}`}`;
    return `${fault}${checkpoint === null ? rows : ` checkpoint ${checkpoint}`}`;
  });
