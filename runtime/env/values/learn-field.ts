import type { FieldSpec } from '../../store/record-store.ts';
import { learnedField } from '../models/merge-model.ts';
import type { Given } from './given.ts';

/** The field that a first value makes; undefined for null, which says nothing. */
export function learnField(name: string, given: Given): FieldSpec | undefined {
  if (given.kind === 'record') return learnedField(name, 'many2one', given.model);
  const { value } = given;
  if (value === null || value === undefined) return undefined;
  return learnedField(name, typeOf(value));
}

function typeOf(value: unknown): FieldSpec['type'] {
  switch (typeof value) {
    case 'string':
      return 'char';
    case 'number':
      return 'float';
    case 'boolean':
      return 'boolean';
    default:
      if (value instanceof Date) return 'datetime';
      return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? 'binary' : 'json';
  }
}
