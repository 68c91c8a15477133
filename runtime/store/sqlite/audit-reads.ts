import type Database from 'better-sqlite3';
import type { AuditFilter, AuditRow } from '../audit-store.ts';
import type { Page, PageRequest } from '../page.ts';
import { AUDIT_COLUMNS } from './audit-columns.ts';
import { beforePlace, pageOf, parsePlace } from './pages.ts';
import { allOf, type Condition, type SqlValue, when } from './where.ts';

/** Reads of audit rows. */
export function auditReads(db: Database.Database) {
  return {
    /** Newest first by `at`. Throws an `AppError` for a cursor that is none. */
    listAudit(filter: AuditFilter, { limit, after }: PageRequest): Page<AuditRow> {
      const where = allOf(conditionsOf(filter), beforePlace(parsePlace(after), 'position'));
      const rows = db
        .prepare<SqlValue[], AuditRow & { readonly position: number }>(
          `SELECT position, ${AUDIT_COLUMNS} FROM audit WHERE ${where.sql} ORDER BY at DESC, position DESC LIMIT ?`,
        )
        .all(...where.values, limit + 1);
      const { items, next } = pageOf(rows, limit, ({ at, position }) => `${at}.${position}`);
      return { items: items.map(({ position: _, ...row }) => Object.freeze(row)), next };
    },
  };
}

function conditionsOf(filter: AuditFilter): Condition {
  return allOf(
    when(filter.project, 'project = ?'),
    when(filter.kind, 'kind = ?'),
    when(filter.from, 'at >= ?'),
    when(filter.to, 'at < ?'),
  );
}
