import type { FieldSpec, FieldType } from '../store/record-store.ts';

const magic = (name: string, type: FieldType): [string, FieldSpec] => [
  name,
  Object.freeze({
    name,
    type,
    relation: null,
    required: false,
    unique: false,
    index: false,
    selection: null,
    learned: false,
  }),
];

/** What every record has, whatever its model. A user is the text of the name here. */
export const MAGIC_FIELDS: ReadonlyMap<string, FieldSpec> = new Map([
  magic('id', 'integer'),
  magic('create_date', 'datetime'),
  magic('write_date', 'datetime'),
  magic('create_uid', 'char'),
  magic('write_uid', 'char'),
]);
