import type Database from 'better-sqlite3';
import type { Session } from '../postgres/database/session.ts';
import { quoted } from './moved-table.ts';
import { notOfExtension } from './not-of-extension.ts';

/** An index that was dropped, to be made again when all rows are there: one sort costs less than as many places found. */
export interface LaterIndex {
  readonly table: string;
  readonly sql: string;
}

/** Drops the indexes that a database has besides those of keys and constraints. */
export function dropSqliteIndexes(db: Database.Database): readonly LaterIndex[] {
  const indexes = db
    .prepare<[], LaterIndex & { readonly name: string }>(
      "SELECT name, tbl_name AS 'table', sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    )
    .all();
  for (const { name } of indexes) db.exec(`DROP INDEX ${quoted(name)}`);
  return indexes;
}

/** The same; those of a table that is split go with their parts in the partitions. */
export async function dropPostgresIndexes(session: Session): Promise<readonly LaterIndex[]> {
  const indexes = await session.rows<LaterIndex & { readonly name: string }>(
    `SELECT index.oid::regclass::text AS name, indrelid::regclass::text AS table,
            replace(pg_get_indexdef(index.oid), ' ON ONLY ', ' ON ') AS sql
     FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
     WHERE index.relnamespace = current_schema()::regnamespace AND NOT index.relispartition
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.oid) AND ${notOfExtension('indrelid')}
     ORDER BY 1`,
  );
  for (const { name } of indexes) await session.rows(`DROP INDEX ${name}`);
  return indexes;
}
