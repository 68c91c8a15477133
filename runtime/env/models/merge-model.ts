import type { FieldSpec, Model, ModelDeclaration } from '../../store/record-store.ts';
import { plainField } from '../plain-field.ts';
import { BUILT_IN_MODELS } from './built-in.ts';

/** What a model is made of. */
export interface ModelParts {
  readonly name: string;
  /** 0: nothing was stored of it. */
  readonly number: number;
  /** What projects say of it, in a fixed order. */
  readonly declared: readonly ModelDeclaration[];
  /** What was learned from values. */
  readonly learned: readonly FieldSpec[];
}

/**
 * The model as it is: what comes with Sluice, then what projects declare, then what was learned. Declarations that contradict each other
 * are refused on deploy; here the first one counts. One that says strict makes it strict for all.
 */
export function mergeModel({ name, number, declared, learned }: ModelParts): Model {
  const builtIn = BUILT_IN_MODELS.filter((model) => model.name === name);
  const fields = new Map<string, FieldSpec>();
  for (const declaration of [...builtIn, ...declared]) {
    for (const field of declaration.fields) addDeclared(fields, { ...field, learned: false });
  }
  for (const field of learned) if (!fields.has(field.name)) fields.set(field.name, field);
  return Object.freeze({ name, number, strict: declared.some(({ strict }) => strict), fields });
}

/** Two declarations of one field may differ in what they ask of it: then it has to do both. */
function addDeclared(fields: Map<string, FieldSpec>, field: FieldSpec): void {
  const before = fields.get(field.name);
  const both =
    before === undefined
      ? field
      : {
          ...before,
          required: before.required || field.required,
          unique: before.unique || field.unique,
          index: before.index || field.index,
        };
  fields.set(field.name, Object.freeze(both));
}

/** The spec of a field that was learned. */
export const learnedField = (
  name: string,
  type: FieldSpec['type'],
  relation: string | null = null,
): FieldSpec => plainField(name, type, { relation, learned: true });
