import type { FieldSpec, Model } from '../../store/record-store.ts';
import { MOST_FIELDS } from '../bounds.ts';
import { validationError } from '../domain/refusal.ts';
import type { GivenValues } from '../values/given.ts';
import { learnField } from '../values/learn-field.ts';

/** What values teach of a model beyond its fields. Throws a ValidationError when it is strict, or has fields enough. */
export function learnFields({ name, strict, fields }: Model, given: GivenValues): readonly FieldSpec[] {
  const unknown = [...given].filter(([field]) => !fields.has(field));
  const [[first] = ['']] = unknown;
  if (strict && unknown.length > 0) {
    const known = [...fields.keys()].join(', ');
    throw validationError(
      `${name} has no field ${first}. There are ${known}; others are declared in project.yaml.`,
    );
  }
  const learned = unknown.flatMap(([field, value]) => learnField(field, value) ?? []);
  if (learned.length > 0 && fields.size + learned.length > MOST_FIELDS) {
    throw validationError(
      `${name} would have more than ${MOST_FIELDS} fields with ${first}. Keep data in one json field.`,
    );
  }
  return learned;
}
