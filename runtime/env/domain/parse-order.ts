import type { FieldSpec, Model } from '../../store/record-store.ts';
import { MAGIC_FIELDS } from '../magic-fields.ts';
import { fieldLike, findField } from './find-field.ts';
import { isFieldName } from './names.ts';
import { shown, validationError } from './refusal.ts';

const MOST_FIELDS = 8;
/** In characters. */
const LONGEST = 1000;

/** What records are ordered by, the first field before the others. */
export type ResolvedOrder = readonly { readonly field: FieldSpec; readonly descending: boolean }[];

/**
 * An order as scripts write it, `name desc, id`, for records of a model; `id` is added at its end, so that it is the same each time. A
 * many2one is ordered by the id. Throws an Error named `ValidationError` that names what is wrong.
 */
export function parseOrder(input: unknown, model: Model): ResolvedOrder {
  if (typeof input !== 'string' || input.length > LONGEST) {
    throw validationError(
      `An order is text of at most ${LONGEST} characters such as "name desc, id", not ${shown(input)}.`,
    );
  }
  const parts = input.trim() === '' ? [] : input.split(',');
  if (parts.length > MOST_FIELDS)
    throw validationError(`An order has at most ${MOST_FIELDS} fields: ${shown(input)}.`);
  const order = parts.map((part) => parsePart(part, model));
  const id = MAGIC_FIELDS.get('id');
  return id === undefined || order.some(({ field }) => field === id)
    ? order
    : [...order, { field: id, descending: false }];
}

function parsePart(part: string, model: Model): ResolvedOrder[number] {
  const [name = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
  const way = direction.toLowerCase();
  if (!isFieldName(name) || rest.length > 0 || (way !== 'asc' && way !== 'desc')) {
    throw validationError(
      `${shown(part.trim())} is no part of an order: write a field, and after it "asc" or "desc" if you like.`,
    );
  }
  const field = findField(model, name) ?? fieldLike({ path: [name], operator: '=', value: null }, name);
  if (field.type === 'json' || field.type === 'binary') {
    throw validationError(`Records of ${model.name} cannot be ordered by ${name}, which is ${field.type}.`);
  }
  return { field, descending: way === 'desc' };
}
