import type { Comparable, Test } from '../../../env/domain/condition.ts';
import { MOST_LEVELS } from '../../../env/domain/match-hierarchy.ts';
import { patternParts } from '../../../env/domain/pattern.ts';
import type { FieldSpec } from '../../record-store.ts';
import type { Condition } from '../../rules/where.ts';
import { folded } from '../../text.ts';
import { fieldSql, recordsTable, typeSql } from './field-sql.ts';

/** What a test says of a field of the record `alias`, in SQL; null stands for false. */
export function testSql(test: Test, field: FieldSpec, alias: string): Condition {
  const value = fieldSql(alias, field);
  switch (test.kind) {
    case 'is_null':
      return { sql: `${value} IS NULL`, values: [] };
    case 'equal':
      return field.type === 'json'
        ? jsonOneOf(value, typeSql(alias, field), [test.to])
        : withBound(`${value} =`, field, test.to);
    case 'one_of':
      return field.type === 'json'
        ? jsonOneOf(value, typeSql(alias, field), test.values)
        : oneOf(
            value,
            test.values.map((to) => columnValue(field, to)),
          );
    case 'compare':
      return withBound(`${value} ${test.operator}`, field, test.to);
    case 'contains':
      return onText(value, test.fold, (text) => ({
        sql: `instr(${text}, ?) > 0`,
        values: [test.fold ? folded(test.text) : test.text],
      }));
    case 'pattern':
      return onText(value, test.fold, (text) => ({
        sql: `${text} GLOB ?`,
        values: [globOf(test.fold ? folded(test.pattern) : test.pattern)],
      }));
    case 'hierarchy':
      return hierarchy(test, value);
  }
}

/** `create_date` and `write_date` are columns of milliseconds. */
function columnValue({ name }: FieldSpec, to: Comparable): Comparable {
  const isMoment = name === 'create_date' || name === 'write_date';
  return isMoment && typeof to === 'string' ? Date.parse(to) : to;
}

/** The column stands alone on its side, so that an index on it is used. */
function withBound(comparison: string, field: FieldSpec, given: Comparable): Condition {
  const to = columnValue(field, given);
  if (typeof to === 'boolean') return { sql: `${comparison} ?`, values: [to ? 1 : 0] };
  if (typeof to === 'string' || Number.isSafeInteger(to)) return { sql: `${comparison} ?`, values: [to] };
  // Read from JSON as the value that it is compared with: the nearest number is not the same everywhere.
  return { sql: `${comparison} json_extract(?, '$')`, values: [JSON.stringify(to)] };
}

function oneOf(value: string, values: readonly Comparable[]): Condition {
  return { sql: `${value} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

/** Types of json as SQLite names them, by those of JavaScript. */
const JSON_TYPES = [
  ['string', "= 'text'"],
  ['number', "IN ('integer', 'real')"],
  ['boolean', "= 'true'"],
] as const;

/** Json compares by type too: kept, `true` would be 1, and a list text. */
function jsonOneOf(value: string, type: string, values: readonly Comparable[]): Condition {
  const parts = JSON_TYPES.flatMap(([kind, is]) => {
    const ofKind = values.filter((to) => typeof to === kind);
    const found = oneOf(value, ofKind);
    return ofKind.length === 0 ? [] : [{ sql: `(${found.sql} AND ${type} ${is})`, values: found.values }];
  });
  return {
    sql: `(${parts.map(({ sql }) => sql).join(' OR ')})`,
    values: parts.flatMap((part) => part.values),
  };
}

function onText(value: string, fold: boolean, test: (text: string) => Condition): Condition {
  const { sql, values } = test(fold ? `folded(${value})` : value);
  return { sql: `(typeof(${value}) = 'text' AND ${sql})`, values };
}

/** GLOB tells upper and lower case apart, which LIKE does not. */
function globOf(pattern: string): string {
  return patternParts(pattern)
    .map((part) => {
      if (part.kind !== 'text') return part.kind === 'any' ? '*' : '?';
      return '*?['.includes(part.character) ? `[${part.character}]` : part.character;
    })
    .join('');
}

/** `level` ends circles: UNION alone would, but for the level in its rows. */
function hierarchy(
  { direction, ids, model, parent }: Extract<Test, { kind: 'hierarchy' }>,
  value: string,
): Condition {
  const values = [JSON.stringify(ids)];
  if (model === 0) return { sql: `${value} IN (SELECT value FROM json_each(?))`, values };
  const up = fieldSql('next', { name: parent });
  const [found, joins] =
    direction === 'child_of'
      ? ['next.id', `${up} = tree.id`]
      : [up, `next.id = tree.id AND ${up} IS NOT NULL`];
  return {
    sql: `${value} IN (
      WITH RECURSIVE tree (id, level) AS (
        SELECT value, 0 FROM json_each(?)
        UNION
        SELECT ${found}, level + 1 FROM tree JOIN ${recordsTable(model)} next ON ${joins} WHERE level < ${MOST_LEVELS}
      ) SELECT id FROM tree)`,
    values,
  };
}
