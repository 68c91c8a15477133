import { nearest } from '../../project/nearest.ts';
import type { FieldSpec, FieldType, Model } from '../../store/record-store.ts';
import { MAGIC_FIELDS } from '../magic-fields.ts';
import { plainField } from '../plain-field.ts';
import { idOf, isMissing } from './comparable.ts';
import type { Term } from './condition.ts';
import { validationError } from './refusal.ts';

/** A model of which nobody has said or stored anything: any field is a missing value. */
export const unknownModel = (name: string): Model => ({ name, number: 0, strict: false, fields: new Map() });

/** A field of a model, magic ones too; undefined for one that an open model does not have yet. In a strict model that is a `ValidationError`. */
export function findField(model: Model, name: string): FieldSpec | undefined {
  const field = MAGIC_FIELDS.get(name) ?? model.fields.get(name);
  if (field !== undefined || !model.strict) return field;
  const close = nearest(name, [...MAGIC_FIELDS.keys(), ...model.fields.keys()]);
  const hint = close === undefined ? 'Check its name.' : `Did you mean ${close}?`;
  throw validationError(`Model ${model.name} has no field ${name}. ${hint}`);
}

/** What a field that no record has yet would be, going by how the term speaks of it: no type is right, so none is refused for it. */
export const fieldLike = (term: Term, name: string): FieldSpec =>
  plainField(name, typeLike(term), { learned: true });

/** A field that a path leads through before anything was stored in it. */
export const stepLike = (name: string): FieldSpec => plainField(name, 'many2one', { learned: true });

function typeLike({ operator, value }: Term): FieldType {
  if (operator === 'child_of' || operator === 'parent_of') return 'many2one';
  if (operator.endsWith('like')) return 'char';
  if (!Array.isArray(value)) return typeOf(value);
  const types = new Set(value.filter((item) => !isMissing(item)).map(typeOf));
  const [type = 'char'] = types;
  return types.size > 1 ? 'json' : type;
}

function typeOf(value: unknown): FieldType {
  if (isMissing(value) || typeof value === 'string') return 'char';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof Date) return 'datetime';
  return idOf(value) === undefined ? 'json' : 'many2one';
}
