import { z } from 'zod';
import { MOST_FIELDS } from '../env/bounds.ts';
import { isFieldName } from '../env/domain/names.ts';
import { MAGIC_FIELDS } from '../env/magic-fields.ts';
import { MODEL, MODEL_FORM } from './names.ts';
import { optional, section, textLike } from './schema-parts.ts';

/** `models` of project.yaml: what a project says of records. Its output is a list of `ModelDeclaration`. */

const TYPES = [
  'char',
  'text',
  'html',
  'selection',
  'integer',
  'float',
  'boolean',
  'date',
  'datetime',
  'binary',
  'many2one',
  'json',
] as const;

const WITHOUT_INDEX: readonly string[] = ['binary', 'json'];

/** Checked together with the other keys, so that all that is wrong is said at once. */
const rule = (path: string, error: string) => ({ path: [path], error, when: () => true });

const fieldName = z
  .string()
  .refine(isFieldName, 'must be the name of a field: letters, digits and _, up to 64')
  .refine((name) => !MAGIC_FIELDS.has(name), 'is a field that every record has: leave it out');

const field = section({
  name: fieldName,
  type: z.enum(TYPES),
  relation: optional(textLike(MODEL, MODEL_FORM), null),
  required: optional(z.boolean(), false),
  unique: optional(z.boolean(), false),
  index: optional(z.boolean(), false),
  selection: optional(z.array(z.string().min(1).max(200)).min(1).max(1000), null),
})
  .refine(
    ({ type, relation }) => type !== 'many2one' || isGiven(relation),
    rule('type', 'is "many2one" and needs "relation" beside it, the model that it points to'),
  )
  .refine(
    ({ type, relation }) => type === 'many2one' || !isGiven(relation),
    rule('relation', 'goes with "type: many2one" only'),
  )
  .refine(
    ({ type, selection }) => type !== 'selection' || isGiven(selection),
    rule('type', 'is "selection" and needs "selection" beside it, the list of what it may be'),
  )
  .refine(
    ({ type, selection }) => type === 'selection' || !isGiven(selection),
    rule('selection', 'goes with "type: selection" only'),
  )
  .refine(
    ({ type, unique, index }) => !WITHOUT_INDEX.includes(type) || (unique !== true && index !== true),
    rule('type', 'cannot be unique or have an index'),
  );

export const modelSchema = section({
  name: textLike(MODEL, MODEL_FORM),
  strict: optional(z.boolean(), false),
  fields: optional(z.array(field).max(MOST_FIELDS), []),
});

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
