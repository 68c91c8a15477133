import type { PlacedRow } from '../../ledger-check/source.ts';

/** Merges rows that come from several tables, each in the order of positions. */
export function* placedRows(tables: readonly IterableIterator<PlacedRow>[]): Generator<PlacedRow> {
  const heads = tables.flatMap((rows) => {
    const { value, done } = rows.next();
    return done ? [] : [{ rows, row: value as PlacedRow }];
  });
  try {
    for (;;) {
      const [first, ...others] = heads;
      if (first === undefined) return;
      let least = first;
      for (const head of others) if (head.row.position < least.row.position) least = head;
      yield least.row;
      const { value, done } = least.rows.next();
      if (done) heads.splice(heads.indexOf(least), 1);
      else least.row = value;
    }
  } finally {
    // An open statement would hold the state of the database.
    for (const { rows } of heads) rows.return?.();
  }
}
