import * as first from './0001-first-tables.ts';
import * as audit from './0002-audit.ts';
import * as cron from './0003-cron.ts';
import * as registers from './0004-registers.ts';
import * as jobs from './0005-jobs.ts';
import * as links from './0006-links.ts';
import * as records from './0007-records.ts';
import * as timed from './0008-timed.ts';
import * as logHours from './0009-log-hours.ts';
import * as queue from './0010-queue.ts';
import * as checkpoints from './0011-ledger-checkpoints.ts';
import * as deliveries from './0012-deliveries.ts';
import * as nodes from './0013-nodes.ts';
import * as errands from './0014-errands.ts';

/**
 * One step of the schema, the same for both databases. The texts are in SQLite's words; `../postgres/schema/schema-words.ts` says the few
 * that differ in PostgreSQL's.
 */
export interface Migration {
  readonly sql: string;
  /** What changes in each table of finished jobs that exists. */
  monthSql?(table: string): string;
  /** What changes for each month of log lines that exists; PostgreSQL never had months without it. */
  logMonthSql?(month: string): string;
  /** What only PostgreSQL needs, in its own words. */
  readonly postgresSql?: string;
}

/**
 * In order, numbered from 1. A migration that was released is never edited; the next change is the next file. While an upgrade goes on, older
 * nodes write what they know: a column is dropped a version after the last one that writes it (`jobs.holder` is none any more).
 */
export const MIGRATIONS: readonly Migration[] = [
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
  nodes,
  errands,
];
