import type { Order, RecordRow } from '../../store/record-store.ts';

type Sortable = string | number;

/** The order of a search, in JavaScript: text by code points, missing values last and, when descending, first; then by id. */
export function compareRows(order: readonly Order[]): (one: RecordRow, other: RecordRow) => number {
  return (one, other) => {
    for (const { field, descending } of order) {
      const compared = compareValues(sortedBy(one, field.name), sortedBy(other, field.name));
      if (compared !== 0) return descending ? -compared : compared;
    }
    return one.id - other.id;
  };
}

/** As stores order them: booleans as 0 and 1; what cannot be ordered counts as missing. */
function sortedBy(row: RecordRow, name: string): Sortable | undefined {
  if (name === 'id' || name === 'create_date' || name === 'write_date') return row[name];
  if (name === 'create_uid' || name === 'write_uid') return JSON.parse(row[name]).name;
  const value = Object.hasOwn(row.values, name) ? row.values[name] : undefined;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? undefined : value;
}

function compareValues(one: Sortable | undefined, other: Sortable | undefined): number {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
}
