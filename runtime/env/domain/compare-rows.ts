import type { FieldSpec, RecordRow } from '../../store/record-store.ts';
import { fieldValue } from './lookups.ts';
import type { ResolvedOrder } from './parse-order.ts';

type Sortable = string | number;

/** The order of a search, in JavaScript: text by code points; a missing value counts as the greatest. */
export function compareRows(order: ResolvedOrder): (one: RecordRow, other: RecordRow) => number {
  return (one, other) => {
    for (const { field, descending } of order) {
      const compared = compareValues(sortable(one, field), sortable(other, field));
      if (compared !== 0) return descending ? -compared : compared;
    }
    return one.id - other.id;
  };
}

/** As stores order them: booleans as 0 and 1. */
function sortable(row: RecordRow, field: FieldSpec): Sortable | undefined {
  const value = fieldValue(row, field);
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? undefined : value;
}

function compareValues(one: Sortable | undefined, other: Sortable | undefined): number {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
}
