import type Database from 'better-sqlite3';
import type { AuditFilter, AuditRow, AuditStore } from '../audit-store.ts';
import { validOrNull, validText } from '../text.ts';
import type { Commits } from './group-commit.ts';
import { beforePlace, pageOf, parsePlace } from './pages.ts';
import { allOf, type Condition, type SqlValue, when } from './where.ts';

const COLUMNS = 'id, at, kind, project, task, "trigger", job, version, user, name, message';

/** Audit rows, in one table: there are few. */
export function sqliteAudit(db: Database.Database, commits: Commits): AuditStore {
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  function append(row: AuditRow): void {
    const { id, at, kind, project, task, trigger, job, version, user, name, message } = row;
    const names = [project, task, trigger].map(validOrNull);
    const rest = [validOrNull(user), validOrNull(name), validText(message)];
    insert.run(id, Math.trunc(at), kind, ...names, job, version, ...rest);
  }

  return {
    appendAudit: (rows) =>
      commits.write(() => {
        for (const row of rows) append(row);
      }),

    async listAudit(filter, { limit, after }) {
      const where = allOf(conditionsOf(filter), beforePlace(parsePlace(after), 'position'));
      const rows = db
        .prepare<SqlValue[], AuditRow & { readonly position: number }>(
          `SELECT position, ${COLUMNS} FROM audit WHERE ${where.sql} ORDER BY at DESC, position DESC LIMIT ?`,
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
