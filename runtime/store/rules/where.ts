export type SqlValue = string | number;

/** A condition of a list: SQL with one `?` per value. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A condition on one value; none when the value is not given. */
export function when(value: SqlValue | undefined, sql: string): Condition | undefined {
  return value === undefined ? undefined : { sql, values: [value] };
}

/** All conditions that are given, joined by AND. */
export function allOf(...conditions: readonly (Condition | undefined)[]): Condition {
  const given = conditions.filter((condition) => condition !== undefined);
  return {
    sql: given.length === 0 ? 'TRUE' : given.map(({ sql }) => sql).join(' AND '),
    values: given.flatMap(({ values }) => values),
  };
}
