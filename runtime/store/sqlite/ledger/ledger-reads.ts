import type Database from 'better-sqlite3';
import { joined, ledgerConditions, type Outcome } from '../../ledger-rows.ts';
import type { LedgerFilter, LedgerRow } from '../../ledger-store.ts';
import { boundingMonth } from '../../months.ts';
import type { Page, PageRequest } from '../../page.ts';
import { beforePlace, monthlyPage, parsePlace } from '../../rules/pages.ts';
import { allOf, type Condition, type SqlValue } from '../../rules/where.ts';
import { monthTables } from '../schema/month-tables.ts';

const COLUMNS =
  'id, chain, seq, at, kind, project, task, "trigger", job, version, user, recipient, method, url, bytes, sha256, excerpt, ' +
  'status, blocked, error, received_bytes, duration_ms, previous_hash, hash';

/** Reads of the ledger: rows with their outcomes. */
export function ledgerReads(db: Database.Database) {
  const months = monthTables(db, 'ledger');

  function listIn(month: string, where: Condition, limit: number) {
    return db
      .prepare<SqlValue[], LedgerRow & { readonly position: number }>(
        `SELECT position, ${COLUMNS} FROM ${months.table(month)}
         WHERE kind <> 'outcome' AND ${where.sql} ORDER BY at DESC, position DESC LIMIT ?`,
      )
      .all(...where.values, limit)
      .map(({ position, ...row }) => ({ number: position, row }));
  }

  /** Outcomes of `rows` by id. One may be in a later month than its row; of several the newest counts. */
  function outcomesOf(rows: readonly LedgerRow[]): ReadonlyMap<string, Outcome> {
    const found = new Map<string, Outcome>();
    const oldest = Math.min(...rows.map(({ at }) => at));
    const ids = JSON.stringify(rows.map(({ id }) => id));
    for (const month of months.months({ first: boundingMonth(oldest) }).toReversed()) {
      const outcomes = db
        .prepare<[string], Outcome & { readonly of: string }>(
          `SELECT of, status, error, received_bytes, duration_ms, bytes FROM ${months.table(month)}
           WHERE of IS NOT NULL AND of IN (SELECT value FROM json_each(?)) ORDER BY position`,
        )
        .all(ids);
      for (const { of, ...outcome } of outcomes) found.set(of, outcome);
    }
    return found;
  }

  return {
    /** Newest first by `at`. Throws an `AppError` for a cursor that is none. */
    listLedger(filter: LedgerFilter, { limit, after }: PageRequest): Page<LedgerRow> {
      const place = parsePlace(after);
      const where = allOf(ledgerConditions(filter, contain), beforePlace(place, 'position'));
      const bounds = { first: boundingMonth(filter.from), last: boundingMonth(filter.to) };
      const page = monthlyPage(months.months(bounds), limit, place, (month, rows) =>
        listIn(month, where, rows),
      );
      const outcomes = page.items.length === 0 ? new Map<string, Outcome>() : outcomesOf(page.items);
      return { ...page, items: page.items.map((row) => joined(row, outcomes.get(row.id))) };
    },
  };
}

const contain = (column: string, text: string): Condition => ({
  sql: `instr(folded(${column}), ?) > 0`,
  values: [text],
});
