import type Database from 'better-sqlite3';
import type { RecordStore } from '../../record-store.ts';
import type { SqlValue } from '../where.ts';
import { domainSql } from './domain-sql.ts';
import { recordsTable } from './field-sql.ts';
import { orderSql } from './order-sql.ts';
import { readRecord, type StoredRecord } from './record-reads.ts';
import { RECORD_COLUMNS } from './tables.ts';

/** Searches by domain: what they cost depends on who asks. */
export function sqliteRecordSearch(
  db: Database.Database,
): Pick<RecordStore, 'searchRecords' | 'countRecords'> {
  return {
    async searchRecords({ model, domain, order, limit, offset }) {
      if (model === 0) return [];
      const where = domainSql(domain, 'r');
      const rows = db
        .prepare<SqlValue[], StoredRecord>(
          `SELECT ${RECORD_COLUMNS} FROM ${recordsTable(model)} AS r
           WHERE ${where.sql} ORDER BY ${orderSql(order, 'r')} LIMIT ? OFFSET ?`,
        )
        .all(...where.values, limit, offset);
      return rows.map(readRecord);
    },

    async countRecords({ model, domain }) {
      if (model === 0) return 0;
      const where = domainSql(domain, 'r');
      const count = db
        .prepare<SqlValue[], number>(`SELECT count(*) FROM ${recordsTable(model)} AS r WHERE ${where.sql}`)
        .pluck();
      return count.get(...where.values) ?? 0;
    },
  };
}
