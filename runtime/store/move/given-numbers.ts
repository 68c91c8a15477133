import type Database from 'better-sqlite3';
import { monthOf } from '../months.ts';
import type { Session } from '../postgres/database/session.ts';
import { CHAIN_POSITIONS } from '../postgres/ledger/ledger-rows.ts';
import { readMonths, tableOf } from '../sqlite/schema/month-tables.ts';
import { quoted } from './moved-table.ts';
import { notOfExtension } from './not-of-extension.ts';
import { refusal } from './refusal.ts';

/*
 * Numbers that a database gives by itself: of lines, of ledger rows, of links, ... None may be given twice, also when the row that had
 * it is gone; so each database goes on above all that the other one gave.
 */

interface Sequence {
  readonly name: string;
  /** Of which it is the identity; null for one that stands alone. */
  readonly table: string | null;
  readonly column: string | null;
}

const SEQUENCES = `
  SELECT pg_class.oid::regclass::text AS name, refobjid::regclass::text AS table, attname::text AS column
  FROM pg_class
  LEFT JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'i' AND refobjsubid > 0
  LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
  WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace AND ${notOfExtension('pg_class.oid')}
  ORDER BY 1`;

/** Lets PostgreSQL's sequences go on where SQLite was; its rows are there already. */
export async function raiseSequences(session: Session, sqlite: Database.Database): Promise<void> {
  for (const sequence of await session.rows<Sequence>(SEQUENCES)) {
    const largest = await largestGiven(session, sqlite, sequence);
    if (largest > 0) await session.rows('SELECT setval($1, $2)', [sequence.name, largest]);
  }
}

async function largestGiven(
  session: Session,
  sqlite: Database.Database,
  { name, table, column }: Sequence,
): Promise<number> {
  const largestOf = async (columnSql: string, tableSql: string): Promise<number> =>
    (await session.row<{ largest: number | null }>(`SELECT max(${columnSql}) AS largest FROM ${tableSql}`))
      ?.largest ?? 0;
  if (table !== null && column !== null)
    return Math.max(await largestOf(quoted(column), table), autoincrements(sqlite).get(table) ?? 0);
  switch (name) {
    case 'log_ids':
      return Math.max(await largestOf('id', 'logs'), newestLine(sqlite));
    case 'ledger_positions': {
      const positions = [
        await largestOf('position', 'ledger'),
        await largestOf('position', 'ledger_checkpoints'),
      ];
      // It numbers chains; a chain with the next number begins above all positions that there are.
      return Math.floor(Math.max(...positions) / CHAIN_POSITIONS);
    }
    default:
      throw refusal('schemas_differ', `PostgreSQL has the sequence ${name}, of which a move knows nothing.`);
  }
}

/** The last ids of models, which are in `models` of SQLite and in a table of their own in PostgreSQL. */
export async function noteRecordIds(session: Session, sqlite: Database.Database): Promise<void> {
  const models = sqlite.prepare('SELECT name AS model, last_id FROM models').all();
  await session.rows(
    `INSERT INTO record_ids (model, last_id)
     SELECT model, last_id FROM json_to_recordset($1) AS given(model text, last_id bigint)`,
    [JSON.stringify(models)],
  );
}

/** Lets SQLite go on where PostgreSQL was; its rows are there already. Positions and other numbers go on above the largest row. */
export async function raiseNumbers(sqlite: Database.Database, session: Session): Promise<void> {
  const known = autoincrements(sqlite);
  for (const { name, table } of await session.rows<Sequence>(SEQUENCES)) {
    const last = await session.row<{ value: number; called: boolean }>(
      `SELECT last_value AS value, is_called AS called FROM ${name}`,
    );
    if (last === undefined || !last.called) continue;
    if (name === 'log_ids') raiseLines(sqlite, last.value);
    if (table !== null && hasAutoincrement(sqlite, table)) {
      const sql = known.has(table)
        ? 'UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?'
        : 'INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)';
      sqlite.prepare(sql).run(last.value, table);
    }
  }
}

/** The highest number of a line is kept with its month, and for all lines that ever were with the newest one. */
function raiseLines(db: Database.Database, given: number): void {
  const setNewest = db.prepare(
    `INSERT INTO log_totals (month, newest_id, bytes) VALUES (?, ?, 0)
     ON CONFLICT (month) DO UPDATE SET newest_id = max(newest_id, excluded.newest_id)`,
  );
  for (const month of readMonths(db, 'logs')) {
    const newest = db
      .prepare<[], number | null>(`SELECT max(id) FROM ${tableOf('logs', month)}`)
      .pluck()
      .get();
    setNewest.run(month, newest ?? 0);
  }
  if (newestLine(db) >= given) return;
  const last = db.prepare<[], string | null>('SELECT max(month) FROM log_totals').pluck().get();
  setNewest.run(last ?? monthOf(Date.now()), given);
}

const newestLine = (db: Database.Database): number =>
  db.prepare<[], number | null>('SELECT max(newest_id) FROM log_totals').pluck().get() ?? 0;

/** What tables with AUTOINCREMENT have given so far. */
function autoincrements(db: Database.Database): ReadonlyMap<string, number> {
  const rows = db.prepare<[], [string, number]>('SELECT name, seq FROM sqlite_sequence').raw().all();
  return new Map(rows);
}

const hasAutoincrement = (db: Database.Database, table: string): boolean =>
  db
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? AND sql LIKE '%AUTOINCREMENT%'")
    .get(table) !== undefined;
