import type Database from 'better-sqlite3';
import type { AuditRow, AuditStore } from '../audit-store.ts';
import { AUDIT_COLUMNS } from '../rules/audit-columns.ts';
import { validOrNull, validText } from '../text.ts';
import type { Commits } from './database/group-commit.ts';

/** Writes audit rows, into one table: there are few. */
export function sqliteAudit(db: Database.Database, commits: Commits): Pick<AuditStore, 'appendAudit'> {
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO audit (${AUDIT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
  };
}
