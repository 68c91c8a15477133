import type { ResolvedDomain } from '../../../env/domain/condition.ts';
import type { RecordPage, RecordSearch } from '../../record-store.ts';
import { domainSql } from './domain-sql.ts';
import { recordsTable } from './field-sql.ts';
import { orderSql } from './order-sql.ts';
import type { RecordCondition } from './test-sql.ts';

/*
 * PostgreSQL knows how many records are in a range, and takes them for spread evenly: with a limit it walks the table in order of id and
 * expects the first ones soon. What was changed since yesterday is at the table's end, though, so that it would walk all of it. A range
 * in order of id is looked for in two steps, of which the second runs only when it has to:
 *
 *     among the first 4,000 records -> enough of them fit
 *                                   -> all that are in the range, by its index, and then put in order
 */

/** Records that are quickly walked through. */
const WALKED = 4000;

type Page = Pick<RecordPage, 'limit' | 'offset'>;

/** The statement that finds the records of a page in order. */
export function searchSql(search: RecordSearch, page: Page): RecordCondition {
  const { model, domain, order } = search;
  const { limit, offset } = page;
  const [first] = order;
  if (first?.field.name === 'id' && limit + offset <= WALKED && hasRange(domain))
    return inTwoSteps(search, page, first.descending ? 'DESC' : 'ASC');
  const { sql, values } = domainSql(domain, 'r');
  return {
    sql: `SELECT * FROM ${recordsTable(model)} AS r WHERE ${sql} ORDER BY ${orderSql(order, 'r')} LIMIT ? OFFSET ?`,
    values: [...values, limit, offset],
  };
}

/** Whether all that fit are in a range of a field that has an index. */
function hasRange(domain: ResolvedDomain): boolean {
  if (domain.kind === 'and') return domain.of.some(hasRange);
  if (domain.kind !== 'leaf') return false;
  const { steps, field, test, orNull } = domain.leaf;
  const isIndexed = field.index || field.unique || field.name === 'write_date';
  return steps.length === 0 && test.kind === 'compare' && isIndexed && !orNull;
}

function inTwoSteps(
  { model, domain }: RecordSearch,
  { limit, offset }: Page,
  way: 'ASC' | 'DESC',
): RecordCondition {
  const table = recordsTable(model);
  const { sql, values } = domainSql(domain, 'r');
  const end = `SELECT id FROM ${table} ORDER BY id ${way} LIMIT 1 OFFSET ${WALKED}`;
  const count = limit + offset;
  return {
    sql: `
WITH near AS MATERIALIZED (
  SELECT * FROM ${table} AS r WHERE ${sql} AND r.id ${way === 'ASC' ? '<' : '>'} (${end}) ORDER BY r.id ${way} LIMIT ?
), walked AS MATERIALIZED (
  SELECT count(*) >= ? AS enough FROM near
)
SELECT * FROM (
  SELECT * FROM near WHERE (SELECT enough FROM walked)
  UNION ALL
  -- Not in an order that the table could be walked in.
  (SELECT * FROM ${table} AS r WHERE ${sql} AND NOT (SELECT enough FROM walked) ORDER BY r.id + 0 ${way} LIMIT ?)
) AS found ORDER BY id ${way} LIMIT ? OFFSET ?`,
    values: [...values, count, count, ...values, count, limit, offset],
  };
}
