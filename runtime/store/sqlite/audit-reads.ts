import type Database from 'better-sqlite3';
import type { AuditFilter, AuditRow } from '../audit-store.ts';
import type { Page, PageRequest } from '../page.ts';
import { AUDIT_COLUMNS } from '../rules/audit-columns.ts';
import { auditConditions } from '../rules/audit-conditions.ts';
import { beforePlace, pageOf, parsePlace } from '../rules/pages.ts';
import { allOf, type SqlValue } from '../rules/where.ts';

/** Reads of audit rows. */
export function auditReads(db: Database.Database) {
  return {
    /** Newest first by `at`. Throws an `AppError` for a cursor that is none. */
    listAudit(filter: AuditFilter, { limit, after }: PageRequest): Page<AuditRow> {
      const where = allOf(auditConditions(filter), beforePlace(parsePlace(after), 'position'));
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
