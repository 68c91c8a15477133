import type Database from 'better-sqlite3';
import type { RecordPage, RecordRow, RecordSearch } from '../../record-store.ts';
import type { SqlValue } from '../../rules/where.ts';
import { domainSql } from './domain-sql.ts';
import { recordsTable } from './field-sql.ts';
import { readRecords, type StoredRecord } from './record-reads.ts';
import { planSearch } from './search-plan.ts';

/** Searches by domain: what they cost depends on who asks. */
export const recordSearches = (db: Database.Database) => ({
  /** Throws a RangeError when the records are larger than they may be. */
  searchRecords(search: RecordSearch, page: RecordPage): readonly RecordRow[] {
    if (search.model === 0) return [];
    const { sql, values } = planSearch(db, search, page);
    return readRecords(db.prepare<SqlValue[], StoredRecord>(sql).iterate(...values), page);
  },

  countRecords(
    { model, domain }: Omit<RecordSearch, 'order'>,
    { limit }: { readonly limit: number },
  ): number {
    if (model === 0) return 0;
    const where = domainSql(domain, 'r');
    const from = `FROM ${recordsTable(model)} AS r WHERE ${where.sql}`;
    // Counting all of them takes SQLite a tenth of the time that counting up to a limit takes.
    const all = limit === Number.MAX_SAFE_INTEGER;
    const sql = all ? `SELECT count(*) ${from}` : `SELECT count(*) FROM (SELECT 1 ${from} LIMIT ?)`;
    const count = db.prepare<SqlValue[], number>(sql).pluck();
    return count.get(...where.values, ...(all ? [] : [limit])) ?? 0;
  },
});
