import type Database from 'better-sqlite3';
import { AppError } from '../../app-error.ts';
import * as first from '../migrations/sqlite/0001-first-tables.ts';
import * as audit from '../migrations/sqlite/0002-audit.ts';
import * as cron from '../migrations/sqlite/0003-cron.ts';
import * as registers from '../migrations/sqlite/0004-registers.ts';
import * as jobs from '../migrations/sqlite/0005-jobs.ts';
import * as links from '../migrations/sqlite/0006-links.ts';
import * as records from '../migrations/sqlite/0007-records.ts';
import * as timed from '../migrations/sqlite/0008-timed.ts';
import * as logHours from '../migrations/sqlite/0009-log-hours.ts';
import * as queue from '../migrations/sqlite/0010-queue.ts';
import * as checkpoints from '../migrations/sqlite/0011-ledger-checkpoints.ts';
import * as deliveries from '../migrations/sqlite/0012-deliveries.ts';
import { readMonths } from './month-tables.ts';

/** In order, numbered from 1. A migration that was released is never edited; the next change is the next file. */
const MIGRATIONS: readonly Migration[] = [
  first,
  audit,
  cron,
  registers,
  jobs,
  links,
  records,
  timed,
  logHours,
  queue,
  checkpoints,
  deliveries,
];

interface Migration {
  readonly sql: string;
  /** What changes in each table of finished jobs that exists. */
  monthSql?(table: string): string;
  /** What changes for each month of log lines that exists. */
  logMonthSql?(month: string): string;
}

/** Brings the database to the newest schema, each step in a transaction of its own. Refuses one from a newer Sluice. */
export function migrate(db: Database.Database, file: string, now: number): void {
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

function schemaVersion(db: Database.Database): number {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
  );
  const version = db.prepare<[], number | null>('SELECT max(version) FROM schema_version').pluck().get();
  return version ?? 0;
}
