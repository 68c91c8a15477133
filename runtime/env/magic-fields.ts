import type { FieldSpec, FieldType } from '../store/record-store.ts';
import { plainField } from './plain-field.ts';

const magic = (name: string, type: FieldType): [string, FieldSpec] => [name, plainField(name, type)];

/** What every record has, whatever its model. A user is the text of the name here. */
export const MAGIC_FIELDS: ReadonlyMap<string, FieldSpec> = new Map([
  magic('id', 'integer'),
  magic('create_date', 'datetime'),
  magic('write_date', 'datetime'),
  magic('create_uid', 'char'),
  magic('write_uid', 'char'),
]);
