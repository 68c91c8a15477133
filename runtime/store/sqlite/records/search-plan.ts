import type Database from 'better-sqlite3';
import type { ResolvedDomain } from '../../../env/domain/condition.ts';
import type { RecordSearch } from '../../record-store.ts';
import { allOf, type Condition, type SqlValue } from '../../rules/where.ts';
import { domainSql } from './domain-sql.ts';
import { recordsTable } from './field-sql.ts';
import { orderSql } from './order-sql.ts';
import { RECORD_COLUMNS } from './tables.ts';

/*
 * SQLite guesses here that a range fits a quarter of the table. With a limit it then walks the table in the wanted order, also where an
 * index would have led to the three records that fit, or where a million that do not fit come first. So it is asked how it would go about
 * it, and where it has a choice, the indexes are asked how many records they leave.
 *
 *     up to 2,000            these are tried, and no others
 *     more, in order of id, and no other condition
 *         enough of the first 4,000 records fit    the table is walked
 *         else                                     all are taken from the index and put in order
 *     else                   as SQLite does it
 */

/** Records that are quickly taken one by one. */
const FEW = 2000;
/** Records that are quickly walked through in the hope that enough of them fit. */
const WALKED = 4000;
/** Conditions that are looked at for an index; a domain has seldom more. */
const MOST_LOOKED_AT = 20;

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** The statement that finds the records of a page in order, made for what is stored now. */
export function planSearch(
  db: Database.Database,
  { model, domain, order }: RecordSearch,
  { limit, offset }: Page,
): Condition {
  const table = `${recordsTable(model)} AS r`;
  const select = `SELECT ${RECORD_COLUMNS} FROM ${table}`;
  const by = `ORDER BY ${orderSql(order, 'r')} LIMIT ? OFFSET ?`;
  const where = domainSql(domain, 'r');
  const asItIs = { sql: `${select} WHERE ${where.sql} ${by}`, values: [...where.values, limit, offset] };
  if (isPlain(stepsOf(db, asItIs))) return asItIs;

  const parts = partsOf(domain);
  const indexed = parts.slice(0, MOST_LOOKED_AT).filter((part) => hasIndex(db, table, domainSql(part, 'r')));
  if (indexed.length === 0) return asItIs;
  const byIndex = allOf(...indexed.map((part) => domainSql(part, 'r')));
  const few = idsOf(db, {
    sql: `SELECT r.id FROM ${table} WHERE ${byIndex.sql} LIMIT ?`,
    values: [...byIndex.values, FEW + 1],
  });
  if (few.length <= FEW) {
    const among = 'r.id IN (SELECT value FROM json_each(?))';
    return {
      sql: `${select} WHERE ${among} AND (${where.sql}) ${by}`,
      values: [JSON.stringify(few), ...where.values, limit, offset],
    };
  }
  const [first] = order;
  if (first?.field.name !== 'id' || indexed.length < parts.length) return asItIs;
  const walk = walkable(db, model, first.descending, where, limit + offset);
  const way = first.descending ? 'DESC' : 'ASC';
  return walk
    ? { sql: `${select} NOT INDEXED WHERE ${where.sql} ${by}`, values: asItIs.values }
    : {
        // With "+" the order is none that SQLite could walk the table in.
        sql: `${select} WHERE r.id IN (SELECT r.id FROM ${table} WHERE ${where.sql} ORDER BY +r.id ${way} LIMIT ? OFFSET ?)
              ORDER BY r.id ${way}`,
        values: asItIs.values,
      };
}

/** Whether SQLite finds the records by an index, already in order. */
const isPlain = ([first = '', ...others]: readonly string[]): boolean =>
  first.startsWith('SEARCH r ') && !others.some((step) => step.startsWith('USE TEMP B-TREE FOR'));

const hasIndex = (db: Database.Database, table: string, { sql, values }: Condition): boolean =>
  !stepsOf(db, { sql: `SELECT r.id FROM ${table} WHERE ${sql}`, values })[0]?.startsWith('SCAN ');

/** What SQLite would do, step by step. */
const stepsOf = (db: Database.Database, { sql, values }: Condition): readonly string[] =>
  db
    .prepare<SqlValue[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail);

/** Conditions that must all be true. */
function partsOf(domain: ResolvedDomain): readonly ResolvedDomain[] {
  return domain.kind === 'and' ? domain.of.flatMap(partsOf) : [domain];
}

const idsOf = (db: Database.Database, { sql, values }: Condition): readonly number[] =>
  db
    .prepare<SqlValue[], number>(sql)
    .pluck()
    .all(...values);

/** Whether so many of the first records in order of id fit. */
function walkable(
  db: Database.Database,
  model: number,
  descending: boolean,
  where: Condition,
  wanted: number,
): boolean {
  const table = recordsTable(model);
  const way = descending ? 'DESC' : 'ASC';
  const [end] = idsOf(db, {
    sql: `SELECT id FROM ${table} ORDER BY id ${way} LIMIT 1 OFFSET ?`,
    values: [WALKED],
  });
  if (end === undefined || wanted > WALKED) return false;
  const fit = idsOf(db, {
    sql: `SELECT r.id FROM ${table} AS r NOT INDEXED WHERE r.id ${descending ? '>' : '<'} ? AND (${where.sql}) LIMIT ?`,
    values: [end, ...where.values, wanted],
  });
  return fit.length === wanted;
}
