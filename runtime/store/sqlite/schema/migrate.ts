import type Database from 'better-sqlite3';
import { AppError } from '../../../app-error.ts';
import { MIGRATIONS } from '../../migrations/all.ts';
import { MOVING_TABLE, unfinishedMove } from '../../unfinished-move.ts';
import { readMonths } from './month-tables.ts';

/** Brings the database to the newest schema, each step in a transaction of its own. Refuses one from a newer Sluice. */
export function migrate(db: Database.Database, file: string, now: number): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
  );
  const current = schemaVersion(db);
  if (current > MIGRATIONS.length) {
    throw new AppError(
      'newer_data',
      409,
      `The data in ${file} has schema ${current}, written by a newer Sluice; this one knows schemas up to ${MIGRATIONS.length}. ` +
        'Start the newer Sluice, or restore a backup made before the upgrade.',
    );
  }
  for (const [index, { sql, monthSql, logMonthSql }] of MIGRATIONS.entries()) {
    if (index < current) continue;
    const step = db.transaction(() => {
      db.exec(sql);
      if (monthSql !== undefined)
        for (const month of readMonths(db, 'jobs')) db.exec(monthSql(`jobs_${month}`));
      if (logMonthSql !== undefined) for (const month of readMonths(db, 'logs')) db.exec(logMonthSql(month));
      db.prepare('INSERT INTO schema_version (version, applied_at) VALUES (?, ?)').run(index + 1, now);
    });
    step.immediate();
  }
}

/** Throws for a file that a move has not filled to the end. */
export function refuseUnfinished(db: Database.Database, file: string): void {
  if (hasTable(db, MOVING_TABLE)) throw unfinishedMove(`The database ${file}`);
}

export const hasTable = (db: Database.Database, name: string): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;

/** 0 for a database without tables. */
export function schemaVersion(db: Database.Database): number {
  if (!hasTable(db, 'schema_version')) return 0;
  const version = db.prepare<[], number | null>('SELECT max(version) FROM schema_version').pluck().get();
  return version ?? 0;
}
