/** Lists of rows with an id as sets: what records and links have in common. */
export interface WithId {
  readonly id: number;
}

const idsOf = (rows: readonly WithId[]): Set<number> => new Set(rows.map(({ id }) => id));

/** The rows of the first list, then what only the second has. */
export function union<Row extends WithId>(rows: readonly Row[], others: readonly Row[]): Row[] {
  return [...rows, ...difference(others, rows)];
}

/** In the order of the first list. */
export function intersection<Row extends WithId>(rows: readonly Row[], others: readonly Row[]): Row[] {
  const ids = idsOf(others);
  return rows.filter(({ id }) => ids.has(id));
}

/** What the second list does not have. */
export function difference<Row extends WithId>(rows: readonly Row[], others: readonly Row[]): Row[] {
  const ids = idsOf(others);
  return rows.filter(({ id }) => !ids.has(id));
}

/** Whether both have the same ids, in any order. */
export function sameIds(rows: readonly WithId[], others: readonly WithId[]): boolean {
  return rows.length === others.length && difference(rows, others).length === 0;
}

/** Each id once, the first of them. */
export function distinct<Row extends WithId>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
