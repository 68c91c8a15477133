import { AppError } from '../../../app-error.ts';
import { MIGRATIONS } from '../../migrations/all.ts';
import { finishedJobsTable, ledgerTable, logHoursTable, logsTable } from '../../partition-tables.ts';
import { MOVING_TABLE, unfinishedMove } from '../../unfinished-move.ts';
import type { Database } from '../database/database.ts';
import type { Session, Slow } from '../database/session.ts';
import { partitionedSchema, postgresSchema } from './schema-words.ts';

/** The oldest PostgreSQL that is tested. */
export const OLDEST = 15;

/** A step may rewrite a table, or make an index over all of one. */
const UPGRADE_MS = 3_600_000;
/** How long a start waits for the upgrade of another, or for a move from here. */
const SCHEMA_LOCK_MS = 120_000;
const TABLE_LOCK_MS = 15_000;

/** What SQLite makes for each month, as one table that is split; see `months.ts`. */
const SPLIT_SQL = [
  partitionedSchema(finishedJobsTable('finished_jobs'), 'id', 'id'),
  partitionedSchema(logsTable('logs'), 'at', 'id, at'),
  partitionedSchema(ledgerTable('ledger'), 'at', 'position, at'),
  partitionedSchema(
    logHoursTable('log_hours').replaceAll(' ANY ', ' TEXT '),
    'hour',
    'hour, project, level, task, "trigger", writer',
  ).replace('  hour BIGINT', '  writer TEXT COLLATE "C" NOT NULL,\n  hour BIGINT'),
  // Numbers of lines and of ledger rows grow over all nodes; those of a write that was undone are not used again.
  'CREATE SEQUENCE log_ids;',
  'CREATE SEQUENCE ledger_positions;',
].join('\n');

/**
 * Brings the database to the newest schema in one transaction; of several nodes that start at once the others wait and find it done.
 * Refuses a server that is too old, data of a newer Sluice, and what a move has not finished. `where` names the database in messages.
 * Others are waited for `lockMs` milliseconds; then it rejects with PostgreSQL's 55P03.
 */
export async function migrate(
  database: Database,
  where: string,
  now: number,
  lockMs = SCHEMA_LOCK_MS,
): Promise<void> {
  await refuseOld(database, where);
  await database.transact(async (session) => {
    await session.rows(`SET LOCAL statement_timeout = ${UPGRADE_MS}; SET LOCAL lock_timeout = ${lockMs}`);
    await session.rows({ text: LOCK_SCHEMA, mostMs: UPGRADE_MS });
    // A table is waited for less long: whoever wants to use it has to wait behind.
    await session.rows(`SET LOCAL lock_timeout = ${TABLE_LOCK_MS}`);
    if (await hasTable(session, MOVING_TABLE)) throw unfinishedMove(where);
    await upgrade(session, where, now);
  });
}

/** Of the advisory lock that whoever looks at the schema or changes it takes. */
export const SCHEMA_KEY = `hashtext('sluice schema')`;

/** Until the transaction ends nobody else looks at the schema, or changes it. */
export const LOCK_SCHEMA = `SELECT pg_advisory_xact_lock(${SCHEMA_KEY})`;

export const hasTable = async (session: Session, name: string): Promise<boolean> =>
  (await session.row(
    'SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = $1',
    [name],
  )) !== undefined;

/** The newest schema, of a database that may be empty, within a transaction that has `LOCK_SCHEMA`. Refuses data of a newer Sluice. */
export async function upgrade(session: Session, where: string, now: number): Promise<void> {
  await session.rows(
    'CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)',
  );
  const current = (await schemaVersion(session)) ?? 0;
  if (current > MIGRATIONS.length) throw newerData(where, current);
  for (const [index, { sql, monthSql, postgresSql }] of MIGRATIONS.entries()) {
    if (index < current) continue;
    await session.rows(step(postgresSchema(sql)));
    if (monthSql !== undefined && current > 0)
      await session.rows(step(postgresSchema(monthSql('finished_jobs'))));
    if (postgresSql !== undefined) await session.rows(step(postgresSql));
    await session.rows('INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)', [index + 1, now]);
  }
  if (current === 0) await session.rows(SPLIT_SQL);
}

const step = (text: string): Slow => ({ text, mostMs: UPGRADE_MS });

/** Null when no step was made yet. */
export const schemaVersion = async (session: Session): Promise<number | null> =>
  (await session.row<{ version: number | null }>('SELECT max(version) AS version FROM schema_version'))
    ?.version ?? null;

/** Throws `old_database` for a server that is older than those that are tested. */
export async function refuseOld(session: Session, where: string): Promise<void> {
  const server = await session.row<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  if (server !== undefined && server.number >= OLDEST * 10_000) return;
  throw new AppError(
    'old_database',
    500,
    `${where} runs PostgreSQL ${server?.version ?? 'of an unknown version'}; Sluice needs ${OLDEST} or newer. Upgrade that server, or name another one in SLUICE_DATABASE_URL.`,
  );
}

const newerData = (where: string, current: number): AppError =>
  new AppError(
    'newer_data',
    409,
    `${where} has schema ${current}, written by a newer Sluice; this one knows schemas up to ${MIGRATIONS.length}. ` +
      'Start the newer Sluice, or restore a backup made before the upgrade.',
  );
