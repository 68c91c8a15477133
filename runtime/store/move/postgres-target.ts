import type Database from 'better-sqlite3';
import { timeOfUuid } from '../../ids.ts';
import { monthOf } from '../months.ts';
import type { Session } from '../postgres/database/session.ts';
import { makeTable } from '../postgres/records/tables.ts';
import { hasTable, LOCK_SCHEMA, refuseOld, upgrade } from '../postgres/schema/migrate.ts';
import { makeMonth, SPLIT_TABLES, type SplitTable } from '../postgres/schema/months.ts';
import { readMonths, tableOf } from '../sqlite/schema/month-tables.ts';
import { MOVING_TABLE } from '../unfinished-move.ts';
import { quoted } from './moved-table.ts';
import { notOfExtension } from './not-of-extension.ts';
import type { MoveConnection } from './postgres-connection.ts';
import { onceBegun, refusal, unfinishedTarget } from './refusal.ts';
import { SPLIT } from './split-tables.ts';

export interface TargetOptions {
  readonly sqlite: Database.Database;
  /** Numbers of the models that have a table. */
  readonly models: readonly number[];
  readonly restart: boolean;
  readonly now: number;
}

/**
 * Makes the tables in an empty database, all in one transaction, and the one that says that they are not filled yet. Throws a refusal
 * when the database is not empty; with `restart` what an earlier move has begun goes first.
 */
export async function beginPostgresTarget(target: MoveConnection, options: TargetOptions): Promise<void> {
  try {
    await makeTables(target, options);
  } catch (error) {
    throw target.refused(error);
  }
  // When its answer is lost, the tables may be there.
  await onceBegun(target.where, () => target.session.rows('COMMIT'));
}

/** In a transaction that is still to be committed. */
async function makeTables(
  { session, where }: MoveConnection,
  { sqlite, models, restart, now }: TargetOptions,
): Promise<void> {
  await refuseOld(session, where);
  await session.rows('BEGIN');
  // A node that starts meanwhile waits, and finds what it must not open.
  await session.rows(LOCK_SCHEMA);
  if (await hasTable(session, MOVING_TABLE)) {
    if (!restart) throw unfinishedTarget(where);
    await dropAll(session);
  }
  await refuseFull(session, where);
  await session.rows(`CREATE TABLE ${MOVING_TABLE} (began_at BIGINT NOT NULL)`);
  await session.rows(`INSERT INTO ${MOVING_TABLE} VALUES ($1)`, [now]);
  await upgrade(session, where, now);
  for (const model of models) await makeTable(session, model);
  for (const table of SPLIT_TABLES)
    for (const month of monthsOf(sqlite, table)) await makeMonth(session, table, month);
}

/** Says that the store is whole. */
export async function finishPostgresTarget({ session }: MoveConnection): Promise<void> {
  await session.rows(`DROP TABLE ${MOVING_TABLE}`);
}

async function refuseFull(session: Session, where: string): Promise<void> {
  const names = await tableNames(session);
  if (names.length === 0) return;
  throw refusal(
    'target_not_empty',
    `${where} is not empty: it has ${names.length === 1 ? 'one table' : `${names.length} tables`} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}). ` +
      'Make an empty database for Sluice and name that.',
  );
}

/** All that is in the schema and not of an extension is of a move that began when it was empty. */
async function dropAll(session: Session): Promise<void> {
  for (const name of await tableNames(session)) await session.rows(`DROP TABLE ${quoted(name)} CASCADE`);
  const sequences = await session.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
       AND ${notOfExtension('pg_class.oid')}`,
  );
  for (const { name } of sequences) await session.rows(`DROP SEQUENCE ${quoted(name)}`);
}

/** Tables that are not part of another one, nor of an extension. */
async function tableNames(session: Session): Promise<readonly string[]> {
  const tables = await session.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND ${notOfExtension('pg_class.oid')}
     ORDER BY 1`,
  );
  return tables.map(({ name }) => name);
}

/** Months that have rows, or may. A finished job goes by its id here, which may be older than its month by a moment. */
function monthsOf(db: Database.Database, table: SplitTable): readonly string[] {
  const { base } = SPLIT[table];
  const months = readMonths(db, base);
  if (table !== 'finished_jobs') return months;
  const ends = months.flatMap((month) =>
    db
      .prepare<[], string[]>(`SELECT min(id), max(id) FROM ${tableOf(base, month)}`)
      .raw()
      .get(),
  );
  const times = ends.map((id) => timeOfUuid(id ?? '')).filter((time) => time !== undefined);
  return [...new Set([...months, ...times.map(monthOf)])];
}
