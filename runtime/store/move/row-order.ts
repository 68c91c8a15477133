import { compareText } from '../text.ts';
import type { MovedTable, Row, Value } from './moved-table.ts';

/** Below 0 when `one` comes first by the table's key, as both databases sort: numbers by size, text by bytes, null first. */
export function compareKeys({ key }: MovedTable, one: Row, other: Row): number {
  for (const place of key) {
    const order = compareValues(one[place] ?? null, other[place] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  return (one === null ? 0 : 1) - (other === null ? 0 : 1);
}

/** The rows of several sources that are each in order, as one. */
export function* mergeRows(table: MovedTable, sources: readonly Iterable<Row>[]): Generator<Row> {
  const open = sources.map((source) => source[Symbol.iterator]());
  try {
    const heads = open.map((each) => each.next());
    for (;;) {
      let first = -1;
      for (const [place, head] of heads.entries()) {
        if (head.done) continue;
        const least = heads[first];
        if (least === undefined || least.done || compareKeys(table, head.value, least.value) < 0)
          first = place;
      }
      const head = heads[first];
      if (head === undefined || head.done) return;
      yield head.value;
      heads[first] = (open[first] as Iterator<Row>).next();
    }
  } finally {
    for (const each of open) each.return?.();
  }
}
