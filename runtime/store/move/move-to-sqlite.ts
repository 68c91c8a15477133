import path from 'node:path';
import type Database from 'better-sqlite3';
import { recordsNumber } from './catalog-table.ts';
import { compareAll } from './compare-table.ts';
import { raiseNumbers } from './given-numbers.ts';
import { dropSqliteIndexes, type LaterIndex } from './later-indexes.ts';
import { indexModelsOfSqlite } from './model-indexes.ts';
import { type MoveOptions, type MoveReport, reportOf, seconds, type TableCopied } from './move-report.ts';
import { type MovedTable, quoted } from './moved-table.ts';
import { pairTables } from './pair-tables.ts';
import { readPostgresTables } from './postgres-catalog.ts';
import { connectForMove, type MoveConnection } from './postgres-connection.ts';
import { postgresRows } from './postgres-rows.ts';
import { holdPostgresSource } from './postgres-source.ts';
import { onceBegun } from './refusal.ts';
import { sqlitePattern } from './sqlite-catalog.ts';
import { loadSqlite } from './sqlite-load.ts';
import { tablesOf } from './sqlite-rows.ts';
import { beginSqliteTarget, finishSqliteTarget } from './sqlite-target.ts';

/**
 * Copies the store of a PostgreSQL database into a new file in a data directory and compares every value of every row. The source is
 * only read, as one state of it. Throws a refusal (`isRefusal`) before anything is written; what is thrown later leaves a file that
 * nobody opens. States are those of `moveToPostgres`.
 */
export async function moveToSqlite({ dataDir, url, restart, told }: MoveOptions): Promise<MoveReport> {
  const file = path.join(dataDir, 'sluice.db');
  const source = await connectForMove(url);
  try {
    await holdPostgresSource(source);
    const catalog = await readPostgresTables(source.session);
    const models = [...catalog.keys()].map(recordsNumber).filter((number) => number !== undefined);
    const tables = pairTables(sqlitePattern(models), catalog);
    const sqlite = beginSqliteTarget(file, { models, restart, now: Date.now() });
    try {
      const report = await onceBegun(source.where, () => fill({ sqlite, source, tables, told }));
      finishSqliteTarget(sqlite, file);
      return report;
    } finally {
      sqlite.close();
    }
  } finally {
    await source.close();
  }
}

interface Filling extends Pick<MoveOptions, 'told'> {
  readonly sqlite: Database.Database;
  readonly source: MoveConnection;
  readonly tables: readonly MovedTable[];
}

async function fill({ sqlite, source, tables, told }: Filling): Promise<MoveReport> {
  const { client, session } = source;
  const indexes: LaterIndex[] = [...dropSqliteIndexes(sqlite)];
  const counts = new Map<string, number>();
  const copied: TableCopied[] = [];

  const copy = await seconds(async () => {
    for (const table of tables) {
      const { name } = table;
      const count = await session.row<{ rows: number }>(`SELECT count(*) AS rows FROM ${quoted(name)}`);
      // Some have a row from the start.
      for (const there of tablesOf(sqlite, table)) sqlite.exec(`DELETE FROM ${quoted(there)}`);
      let bytes = 0;
      let rows = 0;
      const read = postgresRows(client, table, (more) => {
        bytes += more;
      });
      await loadSqlite(sqlite, table, read, {
        made: () => indexes.push(...dropSqliteIndexes(sqlite)),
        told(done) {
          rows = done;
          told({ step: 'copy', table: name, rows, of: count?.rows ?? rows });
        },
      });
      counts.set(name, rows);
      copied.push({ name, rows, bytes });
    }
    await raiseNumbers(sqlite, session);
  });
  const index = await seconds(async () => {
    for (const [rows, { table, sql }] of indexes.entries()) {
      told({ step: 'index', table, rows, of: indexes.length });
      sqlite.exec(sql);
    }
    await indexModelsOfSqlite(sqlite);
  });
  const compare = await seconds(() => compareAll({ sqlite, client, tables, counts, told }));
  return reportOf(copied, [copy, index, compare]);
}
