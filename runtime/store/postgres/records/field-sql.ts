import { isFieldName } from '../../../env/domain/names.ts';
import type { FieldSpec } from '../../record-store.ts';

/*
 * The value of a field as SQL. `data` is jsonb, in which lists and objects are text (`kept-values.ts`), so that a value is a number, a
 * boolean or text, whatever its field is declared as: a field may have got its type after its values. They are in order as
 * everywhere: numbers (booleans being 0 and 1), then text by code points; what is missing is null.
 *
 *                      number, boolean    text             missing
 *     numberSql        the number         NaN              null     PostgreSQL has NaN after every number
 *     wholeSql         ''                 ':' before it    null
 *     keySql           the beginning of that: indexes of PostgreSQL cannot have long text
 *     textSql          null               the text         null
 */

/** By what of a value a field's tests, order and index go. */
export type FieldKind = 'number' | 'text' | 'json';

/** Of a key, in characters: of up to 4 bytes each, in an index that takes 2,700. */
export const KEY_CHARACTERS = 300;

/** What stands before text in keys: nothing comes before it that is not a number. */
export const TEXT_MARK = ':';

type Named = Pick<FieldSpec, 'name'>;

export function kindOf({ name, type }: Pick<FieldSpec, 'name' | 'type'>): FieldKind {
  if (name === 'create_date' || name === 'write_date') return 'number';
  switch (type) {
    case 'integer':
    case 'float':
    case 'boolean':
    case 'many2one':
    case 'binary':
      return 'number';
    case 'json':
      return 'json';
    default:
      return 'text';
  }
}

/** The table of a model's records. */
export function recordsTable(model: number): string {
  if (!Number.isSafeInteger(model) || model < 1) throw new Error(`Model ${model} has no table.`);
  return `records_${model}`;
}

/** Numbers are doubles as in JSON, ids too, so that an index leads from a many2one to its record and back. */
export function numberSql(alias: string, { name }: Named): string {
  if (isColumn(name)) return `${alias}.${name}`;
  if (isUser(name)) return `CASE WHEN ${userSql(alias, name)} IS NOT NULL THEN 'NaN'::float8 END`;
  const value = valueSql(alias, name);
  return `CASE jsonb_typeof(${value}) WHEN 'number' THEN (${value})::float8 WHEN 'boolean' THEN (${value})::boolean::int::float8 WHEN 'string' THEN 'NaN' WHEN 'object' THEN 'NaN' END`;
}

export function wholeSql(alias: string, { name }: Named): string {
  if (isUser(name)) return `('${TEXT_MARK}' || ${userSql(alias, name)}) COLLATE "C"`;
  const value = valueSql(alias, name);
  return `(CASE jsonb_typeof(${value}) WHEN 'string' THEN '${TEXT_MARK}' || (${value} #>> '{}') WHEN 'object' THEN '${TEXT_MARK}' || (${value} ->> 'json') WHEN 'number' THEN '' WHEN 'boolean' THEN '' END) COLLATE "C"`;
}

export const keySql = (alias: string, field: Named): string =>
  `left(${wholeSql(alias, field)}, ${KEY_CHARACTERS})`;

export function textSql(alias: string, { name }: Named): string {
  if (isUser(name)) return userSql(alias, name);
  const value = valueSql(alias, name);
  return `CASE jsonb_typeof(${value}) WHEN 'string' THEN ${value} #>> '{}' WHEN 'object' THEN ${value} ->> 'json' END`;
}

/** Text in which upper and lower case are alike: `folded` has it of text that is not ASCII. */
export const foldedSql = (alias: string, field: Named): string =>
  `coalesce(${alias}.folded ->> ${literal(field.name)}, upper((${textSql(alias, field)}) COLLATE "C"))`;

/** What a record is called, also when that is no text. */
export const nameSql = (alias: string): string =>
  `coalesce(${textSql(alias, { name: 'name' })}, ${valueSql(alias, 'name')} #>> '{}')`;

/** The value as it is kept, of a plain field. */
export const valueSql = (alias: string, name: string): string => `(${alias}.data -> ${literal(name)})`;

/** What is null when the value is missing; by what the index of the field goes, where it has one. */
export function presentSql(alias: string, field: FieldSpec): string {
  const kind = kindOf(field);
  if (kind === 'json') return valueSql(alias, field.name);
  return kind === 'number' ? numberSql(alias, field) : keySql(alias, field);
}

const isColumn = (name: string): boolean => name === 'id' || name === 'create_date' || name === 'write_date';
const isUser = (name: string): boolean => name === 'create_uid' || name === 'write_uid';

const userSql = (alias: string, name: string): string => `(${alias}.${name} ->> 'name')`;

function literal(name: string): string {
  if (!isFieldName(name)) throw new Error('A name that is no name of a field was to become SQL.');
  return `'${name}'`;
}
