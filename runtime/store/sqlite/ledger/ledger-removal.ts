import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import { isAsWritten } from '../../chain.ts';
import type { StoredLedgerRow } from '../../ledger-store.ts';
import { boundingMonth, monthOf } from '../../months.ts';
import type { RetentionStore } from '../../retention-store.ts';
import { parsePlace } from '../../rules/pages.ts';
import type { Partitions } from '../schema/partitions.ts';
import type { Removed } from './removed-rows.ts';

/** Removes ledger rows by age; all of it only within a transaction. */
export interface LedgerRemoval {
  /** See `RetentionStore`. */
  deleteOld(
    old: Parameters<RetentionStore['deleteOldLedger']>[0],
  ): Awaited<ReturnType<RetentionStore['deleteOldLedger']>>;
  /** Drops months before this one that have no row, and writes checkpoints of what was removed. */
  dropEmptyMonths(before: string): void;
}

type Row = StoredLedgerRow & { readonly position: number };

export function ledgerRemoval(
  db: Database.Database,
  {
    keys,
    months,
    removed,
  }: {
    readonly keys: readonly KeyObject[];
    readonly months: Partitions<unknown>;
    readonly removed: Removed;
  },
): LedgerRemoval {
  function oldRows(
    month: string,
    project: string,
    before: number,
    after: string | null,
    limit: number,
  ): readonly Row[] {
    const { at, number } = parsePlace(after ?? undefined) ?? { at: -1, number: 0 };
    return db
      .prepare<[string, number, number, number, number], Row>(
        `SELECT * FROM ${months.table(month)}
         WHERE project = ? AND at < ? AND (at, position) > (?, ?) AND kind <> 'outcome'
         ORDER BY at, position LIMIT ?`,
      )
      .all(project, before, at, number, limit);
  }

  /** Outcomes of rows of `month`, which are in no earlier one, by month. */
  function outcomesOf(month: string, rows: readonly Row[]): readonly (readonly [string, readonly Row[]])[] {
    const ids = JSON.stringify(rows.map(({ id }) => id));
    return months.months({ first: month }).map((each) => [
      each,
      db
        .prepare<[string], Row>(
          `SELECT * FROM ${months.table(each)} WHERE of IS NOT NULL AND of IN (SELECT value FROM json_each(?))`,
        )
        .all(ids)
        .filter((row) => isAsWritten(keys, row)),
    ]);
  }

  function remove(month: string, rows: readonly Row[]): void {
    const positions = JSON.stringify(rows.map(({ position }) => position));
    db.prepare<[string]>(
      `DELETE FROM ${months.table(month)} WHERE position IN (SELECT value FROM json_each(?))`,
    ).run(positions);
  }

  const isEmpty = (month: string): boolean =>
    db.prepare(`SELECT 1 FROM ${months.table(month)} LIMIT 1`).get() === undefined;

  return {
    deleteOld({ project, before, limit, after }) {
      let [deleted, kept, next] = [0, 0, after];
      const first = boundingMonth(parsePlace(after ?? undefined)?.at);
      for (const month of months.months({ first, last: boundingMonth(before) }).toReversed()) {
        const found = oldRows(month, project, before, next, limit - deleted - kept);
        const last = found.at(-1);
        if (last === undefined) continue;
        // A row in the wrong month was moved there.
        const old = found.filter((row) => isAsWritten(keys, row) && monthOf(row.at) === month);
        const outcomes = outcomesOf(month, old);
        removed.add([...old, ...outcomes.flatMap(([, rows]) => rows)]);
        remove(month, old);
        for (const [each, rows] of outcomes) if (rows.length > 0) remove(each, rows);
        deleted += old.length;
        kept += found.length - old.length;
        next = `${last.at}.${last.position}`;
        if (deleted + kept === limit) return { deleted, kept, next };
      }
      return { deleted, kept, next: null };
    },

    dropEmptyMonths(before) {
      for (const month of months.months()) if (month < before && isEmpty(month)) months.drop(month);
      removed.tell();
    },
  };
}
