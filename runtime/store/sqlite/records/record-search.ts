import type Database from 'better-sqlite3';
import type { RecordRow, RecordSearch } from '../../record-store.ts';
import type { SqlValue } from '../where.ts';
import { domainSql } from './domain-sql.ts';
import { recordsTable } from './field-sql.ts';
import { orderSql } from './order-sql.ts';
import { readRecords, type StoredRecord } from './record-reads.ts';
import { RECORD_COLUMNS } from './tables.ts';

/** Searches by domain: what they cost depends on who asks. */
export const recordSearches = (db: Database.Database) => ({
  searchRecords(
    { model, domain, order }: RecordSearch,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): readonly RecordRow[] {
    if (model === 0) return [];
    const where = domainSql(domain, 'r');
    const rows = db
      .prepare<SqlValue[], StoredRecord>(
        `SELECT ${RECORD_COLUMNS} FROM ${recordsTable(model)} AS r
         WHERE ${where.sql} ORDER BY ${orderSql(order, 'r')} LIMIT ? OFFSET ?`,
      )
      .iterate(...where.values, limit, offset);
    return readRecords(rows);
  },

  countRecords(
    { model, domain }: Omit<RecordSearch, 'order'>,
    { limit }: { readonly limit: number },
  ): number {
    if (model === 0) return 0;
    const where = domainSql(domain, 'r');
    const count = db
      .prepare<SqlValue[], number>(
        `SELECT count(*) FROM (SELECT 1 FROM ${recordsTable(model)} AS r WHERE ${where.sql} LIMIT ?)`,
      )
      .pluck();
    return count.get(...where.values, limit) ?? 0;
  },
});
