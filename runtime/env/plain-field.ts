import type { FieldSpec, FieldType } from '../store/record-store.ts';

/** A field that nothing is asked of but its type, and what else is said. */
export const plainField = (name: string, type: FieldType, more: Partial<FieldSpec> = {}): FieldSpec =>
  Object.freeze({
    name,
    type,
    relation: null,
    required: false,
    unique: false,
    index: false,
    selection: null,
    learned: false,
    ...more,
  });
