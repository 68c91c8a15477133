import { messageOf } from '../../../sandbox/message-of.ts';
import { AppError } from '../../app-error.ts';
import { MIGRATIONS } from '../migrations/all.ts';
import type { Session } from '../postgres/database/session.ts';
import { hasTable, refuseOld, SCHEMA_KEY, schemaVersion } from '../postgres/schema/migrate.ts';
import { MOVING_TABLE, unfinishedMove } from '../unfinished-move.ts';
import { refuseOpenChains } from './open-chain.ts';
import type { MoveConnection } from './postgres-connection.ts';
import { otherVersion, refusal } from './refusal.ts';

/**
 * Makes sure that nobody else uses the store, keeps nodes from starting on it, and begins the transaction that sees one state of it.
 * Throws a refusal otherwise.
 */
export async function holdPostgresSource(source: MoveConnection): Promise<void> {
  try {
    await hold(source);
  } catch (error) {
    if (error instanceof AppError) throw source.refused(error);
    const message = `${source.where} cannot be read: ${messageOf(error)}. Use the user who owns its tables.`;
    throw refusal('store_unavailable', message, error);
  }
}

async function hold({ session, where }: MoveConnection): Promise<void> {
  await refuseOld(session, where);
  // A start waits for this lock; it ends with the connection.
  const lock = await session.row<{ held: boolean }>(`SELECT pg_try_advisory_lock(${SCHEMA_KEY}) AS held`);
  if (lock?.held !== true) throw inUse(where, 'a node is starting on it, or another move is under way');
  if (await hasTable(session, MOVING_TABLE)) throw unfinishedMove(where);
  if (!(await hasTable(session, 'schema_version')))
    throw refusal('no_data', `${where} holds no data of Sluice. Check its name in the URL.`);
  const version = await schemaVersion(session);
  if (version !== MIGRATIONS.length) throw otherVersion(where, version ?? 0);
  await refuseUsed(session, where);
  await session.rows('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await refuseOpenChains(session, where);
}

async function refuseUsed(session: Session, where: string): Promise<void> {
  const nodes = await session.row<{ connections: number; places: string | null }>(
    `SELECT count(*) AS connections, string_agg(DISTINCT host(client_addr), ', ') AS places FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'sluice' AND pid <> pg_backend_pid()`,
  );
  if (nodes !== undefined && nodes.connections > 0) {
    const from = nodes.places === null ? '' : ` from ${nodes.places}`;
    throw inUse(where, `nodes are connected to it${from}`);
  }
  // Leases go by the clock that all nodes have.
  const lease = await session.row<{ left: number | null }>(
    `SELECT (max(lease_until) / 1000.0 - extract(epoch FROM clock_timestamp()))::float8 AS left
     FROM jobs WHERE status = 'running'`,
  );
  const left = Math.ceil(lease?.left ?? 0);
  if (left > 0) throw inUse(where, `jobs run on it, or did until their node was killed (for ${left} s more)`);
}

const inUse = (where: string, how: string): Error =>
  refusal(
    'source_in_use',
    `${where} is in use: ${how}. Stop all nodes, wait until they have ended, and move then.`,
  );
