/**
 * SQL of a condition (`../../rules/where.ts`), in which each value is a `?`, as PostgreSQL counts its values: `$1`, `$2`, ... `before` of them
 * stand elsewhere and come first.
 */
export function numbered(sql: string, before = 0): string {
  let count = before;
  return sql.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
}
