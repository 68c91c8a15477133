import type { ResolvedOrder } from '../../../env/domain/parse-order.ts';
import { fieldSql } from './field-sql.ts';

/** What follows ORDER BY for rows of the table named `alias`. A missing value counts as the greatest, as in PostgreSQL and Odoo. */
export function orderSql(order: ResolvedOrder, alias: string): string {
  return order
    .map(({ field, descending }) => {
      const value = fieldSql(alias, field);
      if (field.name === 'id') return `${value} ${descending ? 'DESC' : 'ASC'}`;
      return `${value} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`;
    })
    .join(', ');
}
