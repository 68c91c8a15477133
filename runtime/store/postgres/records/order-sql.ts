import type { ResolvedOrder } from '../../../env/domain/parse-order.ts';
import type { FieldSpec } from '../../record-store.ts';
import { KEY_CHARACTERS, keySql, kindOf, numberSql, wholeSql } from './field-sql.ts';

/** What follows ORDER BY for rows of the table named `alias`: what indexes are on comes first. A missing value counts as the greatest. */
export const orderSql = (order: ResolvedOrder, alias: string): string =>
  order.map(({ field, descending }) => partSql(field, descending, alias)).join(', ');

function partSql(field: FieldSpec, descending: boolean, alias: string): string {
  const way = descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST';
  if (['id', 'create_date', 'write_date'].includes(field.name))
    return `${numberSql(alias, field)} ${descending ? 'DESC' : 'ASC'}`;
  const whole = wholeSql(alias, field);
  if (kindOf(field) === 'number') return `${numberSql(alias, field)} ${way}, ${whole} ${way}`;
  // Text that is its own beginning comes before all that go on.
  const long = `CASE WHEN length(${whole}) > ${KEY_CHARACTERS} THEN ${whole} END ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
  return `${keySql(alias, field)} ${way}, ${long}, ${numberSql(alias, field)} ${way}`;
}
