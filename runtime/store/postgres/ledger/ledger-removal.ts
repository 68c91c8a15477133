import type { KeyObject } from 'node:crypto';
import { isAsWritten } from '../../chain.ts';
import type { StoredLedgerRow } from '../../ledger-store.ts';
import { monthOf, startOfMonth } from '../../months.ts';
import type { RetentionStore } from '../../retention-store.ts';
import { parsePlace } from '../../rules/pages.ts';
import type { Session } from '../database/session.ts';
import type { Removed } from './removed-rows.ts';

/** Removes ledger rows by age; all of it only within a transaction. */
export interface LedgerRemoval extends Pick<Removed, 'tell'> {
  /** See `RetentionStore`; by one process at a time. */
  deleteOld(
    session: Session,
    old: Parameters<RetentionStore['deleteOldLedger']>[0],
  ): ReturnType<RetentionStore['deleteOldLedger']>;
}

type Row = StoredLedgerRow & { readonly position: number };

export function ledgerRemoval(keys: readonly KeyObject[], removed: Removed): LedgerRemoval {
  /** Outcomes of rows, of which the oldest was written at `oldest`: they are in no earlier month. */
  async function outcomesOf(session: Session, rows: readonly Row[]): Promise<readonly Row[]> {
    if (rows.length === 0) return [];
    const oldest = Math.min(...rows.map(({ at }) => at));
    const found = await session.rows<Row>(OUTCOMES, [
      rows.map(({ id }) => id),
      startOfMonth(monthOf(oldest)),
    ]);
    return found.filter((row) => isAsWritten(keys, row));
  }

  return {
    tell: removed.tell,

    async deleteOld(session, { project, before, after, limit }) {
      const { at, number } = parsePlace(after ?? undefined) ?? { at: -1, number: 0 };
      const found = await session.rows<Row>(OLD, [project, before, at, number, limit]);
      const old = found.filter((row) => isAsWritten(keys, row));
      const leaving = [...old, ...(await outcomesOf(session, old))];
      await removed.add(session, leaving);
      await session.changes(REMOVE, [leaving.map((row) => row.at), leaving.map(({ position }) => position)]);
      const last = found.length === limit ? found.at(-1) : undefined;
      const next = last === undefined ? null : `${last.at}.${last.position}`;
      return { deleted: old.length, kept: found.length - old.length, next };
    },
  };
}

const OLD = {
  name: 'old ledger rows',
  text: `SELECT * FROM ledger WHERE project = $1 AND at < $2 AND (at, position) > ($3, $4) AND kind <> 'outcome'
ORDER BY at, position LIMIT $5`,
};
const OUTCOMES = {
  name: 'outcomes of old ledger rows',
  text: 'SELECT * FROM ledger WHERE of = ANY($1::text[]) AND at >= $2',
};
const REMOVE = {
  name: 'remove ledger rows',
  text: `DELETE FROM ledger USING unnest($1::bigint[], $2::bigint[]) AS gone(at, position)
WHERE ledger.at = gone.at AND ledger.position = gone.position`,
};
