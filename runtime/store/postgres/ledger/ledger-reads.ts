import { checkLedger } from '../../ledger-check/check-ledger.ts';
import { doLater } from '../../ledger-check/steps.ts';
import { joined, ledgerConditions, type Outcome } from '../../ledger-rows.ts';
import type { LedgerRow, LedgerStore } from '../../ledger-store.ts';
import { monthOf, startOfMonth } from '../../months.ts';
import { beforePlace, pageOf, parsePlace } from '../../rules/pages.ts';
import { allOf } from '../../rules/where.ts';
import { containsSql } from '../database/contains-sql.ts';
import { numbered } from '../database/numbered.ts';
import type { ReadSession, Reads } from '../database/reads.ts';
import { ledgerSource } from './ledger-source.ts';

const COLUMNS =
  'id, chain, seq, at, kind, project, task, "trigger", job, version, "user", recipient, method, url, bytes, sha256, excerpt, ' +
  'status, blocked, error, received_bytes, duration_ms, previous_hash, hash';

/** Reads of the ledger: rows with their outcomes, and its verification. */
export const postgresLedgerReads = (reads: Reads): Pick<LedgerStore, 'listLedger' | 'verifyLedger'> => ({
  listLedger(filter, { limit, after }, terms) {
    const place = parsePlace(after);
    const where = allOf(ledgerConditions(filter, containsSql), beforePlace(place, 'position'));
    const sql = numbered(
      `SELECT position, ${COLUMNS} FROM ledger
       WHERE kind <> 'outcome' AND ${where.sql} ORDER BY at DESC, position DESC LIMIT ?`,
    );
    return reads.together(terms, async (session) => {
      const found = await session.rows<LedgerRow & { readonly position: number }>(sql, [
        ...where.values,
        limit + 1,
      ]);
      const page = pageOf(found, limit, ({ at, position }) => `${at}.${position}`);
      const outcomes = await outcomesOf(session, page.items);
      const items = page.items.map(({ position: _, ...row }) => joined(row, outcomes.get(row.id)));
      return { ...page, items };
    });
  },

  verifyLedger: ({ from }, keys, terms) =>
    reads.together(terms, (session) => doLater(checkLedger({ source: ledgerSource(session), keys, from }))),
});

/** Outcomes of `rows` by id. One may be in a later month than its row; of several the newest counts. */
async function outcomesOf(
  session: ReadSession,
  rows: readonly LedgerRow[],
): Promise<ReadonlyMap<string, Outcome>> {
  if (rows.length === 0) return new Map();
  const oldest = Math.min(...rows.map(({ at }) => at));
  const found = await session.rows<Outcome & { readonly of: string }>(OUTCOMES, [
    rows.map(({ id }) => id),
    startOfMonth(monthOf(oldest)),
  ]);
  return new Map(found.map(({ of, ...outcome }) => [of, outcome]));
}

const OUTCOMES = {
  name: 'outcomes of ledger rows',
  text: `SELECT of, status, error, received_bytes, duration_ms, bytes FROM ledger
WHERE of = ANY($1::text[]) AND at >= $2 ORDER BY at, position`,
};
