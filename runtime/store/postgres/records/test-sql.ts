import type { Comparable, Test } from '../../../env/domain/condition.ts';
import { MOST_LEVELS } from '../../../env/domain/match-hierarchy.ts';
import { patternParts } from '../../../env/domain/pattern.ts';
import type { FieldSpec } from '../../record-store.ts';
import { folded } from '../../text.ts';
import {
  foldedSql,
  KEY_CHARACTERS,
  keySql,
  kindOf,
  numberSql,
  presentSql,
  recordsTable,
  TEXT_MARK,
  textSql,
  valueSql,
  wholeSql,
} from './field-sql.ts';

/** A condition with one `?` per value. */
export interface RecordCondition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What a test says of a field of the record `alias`, in SQL; null stands for false. */
export function testSql(test: Test, field: FieldSpec, alias: string): RecordCondition {
  switch (test.kind) {
    case 'is_null':
      return { sql: `${presentSql(alias, field)} IS NULL`, values: [] };
    case 'equal':
      return equalSql(test.to, field, alias);
    case 'one_of':
      return oneOfSql(test.values, field, alias);
    case 'compare':
      return kindOf(field) === 'number'
        ? { sql: `${numberSql(alias, field)} ${test.operator} ?::float8`, values: [numberOf(field, test.to)] }
        : compareText(test.operator, String(test.to), field, alias);
    case 'contains': {
      const wanted = test.fold ? folded(test.text) : test.text;
      return { sql: `strpos(${comparedText(test.fold, field, alias)}, ?) > 0`, values: [wanted] };
    }
    case 'pattern': {
      const pattern = likeOf(test.fold ? folded(test.pattern) : test.pattern);
      return { sql: `${comparedText(test.fold, field, alias)} LIKE ?`, values: [pattern] };
    }
    case 'hierarchy':
      return hierarchySql(test, field, alias);
  }
}

function equalSql(to: Comparable, field: FieldSpec, alias: string): RecordCondition {
  switch (kindOf(field)) {
    case 'json':
      return { sql: `${valueSql(alias, field.name)} = ?::jsonb`, values: [JSON.stringify(to)] };
    case 'number':
      return { sql: `${numberSql(alias, field)} = ?::float8`, values: [numberOf(field, to)] };
    case 'text': {
      const key = keyOf(String(to));
      const byKey = { sql: `${keySql(alias, field)} = ?`, values: [key.beginning] };
      return key.isWhole
        ? byKey
        : { sql: `(${byKey.sql} AND ${wholeSql(alias, field)} = ?)`, values: [key.beginning, key.whole] };
    }
  }
}

function oneOfSql(given: readonly Comparable[], field: FieldSpec, alias: string): RecordCondition {
  switch (kindOf(field)) {
    case 'json': {
      const values = given.map((to) => JSON.stringify(to));
      return { sql: `${valueSql(alias, field.name)} = ANY (?::jsonb[])`, values: [values] };
    }
    case 'number': {
      const values = given.map((to) => numberOf(field, to));
      return { sql: `${numberSql(alias, field)} = ANY (?::float8[])`, values: [values] };
    }
    case 'text': {
      const keys = given.map((to) => keyOf(String(to)));
      const byKey = `${keySql(alias, field)} = ANY (?::text[])`;
      const beginnings = keys.map(({ beginning }) => beginning);
      if (keys.every(({ isWhole }) => isWhole)) return { sql: byKey, values: [beginnings] };
      return {
        sql: `(${byKey} AND ${wholeSql(alias, field)} = ANY (?::text[]))`,
        values: [beginnings, keys.map(({ whole }) => whole)],
      };
    }
  }
}

function compareText(
  operator: '<' | '<=' | '>' | '>=',
  to: string,
  field: FieldSpec,
  alias: string,
): RecordCondition {
  const { beginning, whole, isWhole } = keyOf(to);
  if (isWhole) return { sql: `${keySql(alias, field)} ${operator} ?`, values: [beginning] };
  const near = operator.startsWith('<') ? '<=' : '>=';
  return {
    sql: `(${keySql(alias, field)} ${near} ? AND ${wholeSql(alias, field)} ${operator} ?)`,
    values: [beginning, whole],
  };
}

interface Key {
  readonly beginning: string;
  readonly whole: string;
  /** Shorter than any key that is a beginning only, so that keys alone decide. */
  readonly isWhole: boolean;
}

/** Text as keys have it. */
function keyOf(text: string): Key {
  const whole = TEXT_MARK + text;
  // Not more characters than units.
  if (whole.length < KEY_CHARACTERS) return { beginning: whole, whole, isWhole: true };
  const beginning = [...whole.slice(0, 2 * KEY_CHARACTERS)].slice(0, KEY_CHARACTERS).join('');
  return { beginning, whole, isWhole: false };
}

/** `create_date` and `write_date` are columns of milliseconds. */
function numberOf({ name }: FieldSpec, to: Comparable): number {
  const isMoment = name === 'create_date' || name === 'write_date';
  return isMoment && typeof to === 'string' ? Date.parse(to) : Number(to);
}

const comparedText = (fold: boolean, field: FieldSpec, alias: string): string =>
  fold ? foldedSql(alias, field) : `(${textSql(alias, field)}) COLLATE "C"`;

/** LIKE knows the same signs, but for a `\` that nothing follows. */
function likeOf(pattern: string): string {
  return patternParts(pattern)
    .map((part) => {
      if (part.kind !== 'text') return part.kind === 'any' ? '%' : '_';
      return '%_\\'.includes(part.character) ? `\\${part.character}` : part.character;
    })
    .join('');
}

/** `level` ends circles: UNION alone would, but for the level in its rows. A parent that is text leads nowhere. */
function hierarchySql(
  { direction, ids, model, parent }: Extract<Test, { kind: 'hierarchy' }>,
  field: FieldSpec,
  alias: string,
): RecordCondition {
  const value = numberSql(alias, field);
  if (model === 0) return { sql: `${value} = ANY (?::float8[])`, values: [ids] };
  const up = numberSql('next', { name: parent });
  const [found, joins] =
    direction === 'child_of' ? ['next.id', `${up} = tree.id`] : [up, `next.id = tree.id AND ${up} < 'NaN'`];
  return {
    sql: `${value} IN (
      WITH RECURSIVE tree (id, level) AS (
        SELECT given, 0 FROM unnest(?::float8[]) AS given
        UNION
        SELECT ${found}, level + 1 FROM tree JOIN ${recordsTable(model)} next ON ${joins} WHERE level < ${MOST_LEVELS}
      ) SELECT id FROM tree)`,
    values: [ids],
  };
}
