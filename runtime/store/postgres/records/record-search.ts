import { MOST_KEPT_BYTES } from '../../../env/bounds.ts';
import type { RecordStore } from '../../record-store.ts';
import { numbered } from '../database/numbered.ts';
import type { Reads } from '../database/reads.ts';
import { domainSql } from './domain-sql.ts';
import { recordsTable } from './field-sql.ts';
import { boundedSql, type KeptRow, readRecords } from './record-reads.ts';
import { searchSql } from './search-plan.ts';

/** Searches by domain: what they cost depends on who asks. PostgreSQL plans each for the values that it has. */
export const recordSearches = (
  reads: Pick<Reads, 'rows'>,
): Pick<RecordStore, 'searchRecords' | 'countRecords'> => ({
  async searchRecords(search, page, terms) {
    if (search.model === 0) return [];
    const { fields, most_bytes: most = MOST_KEPT_BYTES } = page;
    const { sql, values } = searchSql(search, page);
    const first = fields === undefined ? [most] : [most, fields];
    const text = boundedSql(numbered(sql, first.length), fields === undefined ? 'all' : 'some');
    return readRecords(await reads.rows<KeptRow>(text, [...first, ...values], terms), page);
  },

  async countRecords({ model, domain }, { limit }, terms) {
    if (model === 0) return 0;
    const { sql, values } = domainSql(domain, 'r');
    const from = `FROM ${recordsTable(model)} AS r WHERE ${sql}`;
    const all = limit === Number.MAX_SAFE_INTEGER;
    const text = all ? `SELECT count(*) ${from}` : `SELECT count(*) FROM (SELECT 1 ${from} LIMIT ?) AS found`;
    const [row] = await reads.rows<{ count: number }>(
      numbered(text),
      [...values, ...(all ? [] : [limit])],
      terms,
    );
    return row?.count ?? 0;
  },
});
