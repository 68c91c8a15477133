import type { AuditRow, AuditStore } from '../audit-store.ts';
import { AUDIT_COLUMNS } from '../rules/audit-columns.ts';
import { auditConditions } from '../rules/audit-conditions.ts';
import { beforePlace, pageOf, parsePlace } from '../rules/pages.ts';
import { allOf } from '../rules/where.ts';
import { validOrNull, validText } from '../text.ts';
import type { Database } from './database/database.ts';
import { numbered } from './database/numbered.ts';
import type { Reads } from './database/reads.ts';

/** Audit rows, in one table: there are few. */
export function postgresAudit(database: Database, reads: Pick<Reads, 'rows'>): AuditStore {
  return {
    async appendAudit(rows) {
      const add = (row: AuditRow) => [ADD, valuesOf(row)] as const;
      const [one, ...others] = rows;
      if (one === undefined) return;
      if (others.length === 0) await database.rows(...add(one));
      else await database.transact((session) => Promise.all(rows.map((row) => session.rows(...add(row)))));
    },

    async listAudit(filter, { limit, after }, terms) {
      const where = allOf(auditConditions(filter), beforePlace(parsePlace(after), 'position'));
      const rows = await reads.rows<AuditRow & { readonly position: number }>(
        numbered(
          `SELECT position, ${AUDIT_COLUMNS} FROM audit WHERE ${where.sql} ORDER BY at DESC, position DESC LIMIT ?`,
        ),
        [...where.values, limit + 1],
        terms,
      );
      const { items, next } = pageOf(rows, limit, ({ at, position }) => `${at}.${position}`);
      return { items: items.map(({ position: _, ...row }) => Object.freeze(row)), next };
    },
  };
}

function valuesOf(row: AuditRow): readonly unknown[] {
  const { id, at, kind, project, task, trigger, job, version, user, name, message } = row;
  return [
    ...[id, Math.trunc(at), kind, ...[project, task, trigger].map(validOrNull), job, version],
    ...[validOrNull(user), validOrNull(name), validText(message)],
  ];
}

const ADD = {
  name: 'add audit',
  text: `INSERT INTO audit (${AUDIT_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
};
