import { isFieldName } from '../../../env/domain/names.ts';
import type { FieldSpec } from '../../record-store.ts';

/** The table of a model's records. */
export function recordsTable(model: number): string {
  if (!Number.isSafeInteger(model) || model < 1) throw new Error(`Model ${model} has no table.`);
  return `records_${model}`;
}

/** The value of a field as SQL: of a plain field exactly the expression that indexes are on. Null: it is missing. */
export function fieldSql(alias: string, { name }: Pick<FieldSpec, 'name'>): string {
  switch (name) {
    case 'id':
    case 'create_date':
    case 'write_date':
      return `${alias}.${name}`;
    case 'create_uid':
    case 'write_uid':
      return `json_extract(${alias}.${name}, '$.name')`;
    default:
      return `json_extract(${alias}.data, ${pathSql(name)})`;
  }
}

/** The expression of a plain field's value in its own table, which indexes are on. */
export const valueSql = (name: string): string => `json_extract(data, ${pathSql(name)})`;

/** The type of a plain field's value in SQL's words: `text`, `integer`, `real`, `true`, `object`, ... */
export const typeSql = (alias: string, { name }: FieldSpec): string =>
  `json_type(${alias}.data, ${pathSql(name)})`;

function pathSql(name: string): string {
  if (!isFieldName(name)) throw new Error('A name that is no name of a field was to become SQL.');
  return `'$."${name}"'`;
}
