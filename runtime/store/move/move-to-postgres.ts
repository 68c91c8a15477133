import path from 'node:path';
import type Database from 'better-sqlite3';
import { compareAll } from './compare-table.ts';
import { noteRecordIds, raiseSequences } from './given-numbers.ts';
import { dropPostgresIndexes } from './later-indexes.ts';
import { indexModelsOfPostgres } from './model-indexes.ts';
import { type MoveOptions, type MoveReport, reportOf, seconds, type TableCopied } from './move-report.ts';
import { type MovedTable, quoted } from './moved-table.ts';
import { noteOpenChain } from './open-chain.ts';
import { pairTables } from './pair-tables.ts';
import { readPostgresTables } from './postgres-catalog.ts';
import { connectForMove, type MoveConnection } from './postgres-connection.ts';
import { loadPostgres } from './postgres-load.ts';
import { beginPostgresTarget, finishPostgresTarget } from './postgres-target.ts';
import { onceBegun } from './refusal.ts';
import { checkTables, sqlitePattern } from './sqlite-catalog.ts';
import { countRows, sqliteRows } from './sqlite-rows.ts';
import { openSqliteSource } from './sqlite-source.ts';

/**
 * Copies the store of a data directory into an empty PostgreSQL database and compares every value of every row. The source is only
 * read. Throws a refusal (`isRefusal`) before anything is written; what is thrown later leaves a target that nobody opens.
 *
 *     empty -> moving (tables made) -> copied -> indexed -> compared -> whole
 *                any failure: stays `moving`; --restart empties it
 */
export async function moveToPostgres({ dataDir, url, restart, told }: MoveOptions): Promise<MoveReport> {
  const file = path.join(dataDir, 'sluice.db');
  const sqlite = openSqliteSource(file);
  try {
    const models = sqlite.prepare<[], number>('SELECT number FROM models ORDER BY number').pluck().all();
    const pattern = sqlitePattern(models);
    checkTables(sqlite, pattern, `The database ${file}`);
    const target = await connectForMove(url);
    try {
      await beginPostgresTarget(target, { sqlite, models, restart, now: Date.now() });
      return await onceBegun(target.where, async () => {
        const tables = pairTables(pattern, await readPostgresTables(target.session));
        const report = await fill({ sqlite, target, tables, told });
        await finishPostgresTarget(target);
        return report;
      });
    } finally {
      await target.close();
    }
  } finally {
    sqlite.close();
  }
}

interface Filling extends Pick<MoveOptions, 'told'> {
  readonly sqlite: Database.Database;
  readonly target: MoveConnection;
  readonly tables: readonly MovedTable[];
}

async function fill({ sqlite, target, tables, told }: Filling): Promise<MoveReport> {
  const { client, session } = target;
  const counts = new Map(tables.map((table) => [table.name, countRows(sqlite, table)]));
  const of = ({ name }: MovedTable): number => counts.get(name) ?? 0;
  const copied: TableCopied[] = [];
  const indexes = await dropPostgresIndexes(session);

  const copy = await seconds(async () => {
    for (const table of tables) {
      const { name } = table;
      // Some have a row from the start.
      await session.rows(`DELETE FROM ${quoted(name)}`);
      const bytes = await loadPostgres(client, table, sqliteRows(sqlite, table), (rows) =>
        told({ step: 'copy', table: name, rows, of: of(table) }),
      );
      copied.push({ name, rows: of(table), bytes });
    }
    await raiseSequences(session, sqlite);
    await noteRecordIds(session, sqlite);
    await noteOpenChain(session, sqlite);
  });
  const index = await seconds(async () => {
    for (const [rows, { table, sql }] of indexes.entries()) {
      told({ step: 'index', table, rows, of: indexes.length });
      await session.rows(sql);
    }
    await indexModelsOfPostgres(session);
    // Until the database has looked at the rows itself, it would choose wrong ways to them.
    await session.rows('ANALYZE');
  });
  const compare = await seconds(() => compareAll({ sqlite, client, tables, counts, told }));
  return reportOf(copied, [copy, index, compare]);
}
