import type { FieldType } from '../../store/record-store.ts';
import { validText } from '../../store/text.ts';
import { comparableOf, isMissing, isText } from './comparable.ts';
import { FALSE, type ResolvedDomain, type Term, type Test, TRUE } from './condition.ts';
import { fieldLike, findField } from './find-field.ts';
import { leaf, type Place } from './place.ts';
import { shown, validationError } from './refusal.ts';
import { resolveHierarchy } from './resolve-hierarchy.ts';

const ORDERED: ReadonlySet<FieldType> = new Set([
  'char',
  'text',
  'html',
  'selection',
  'integer',
  'float',
  'date',
  'datetime',
]);

/** What a term asks for, in tests of which each is true or false. Throws an Error named `ValidationError`. */
export function resolveTerm(term: Term, place: Place): ResolvedDomain {
  const { operator, value } = term;
  switch (operator) {
    case '=':
      return equalTo(value, term, place);
    case '!=':
    case '<>':
      return not(equalTo(value, term, place));
    case '=?':
      return isMissing(value) ? TRUE : equalTo(value, term, place);
    case 'in':
      return oneOf(value, term, place);
    case 'not in':
      return not(oneOf(value, term, place));
    case 'like':
    case 'ilike':
    case 'not like':
    case 'not ilike':
      return contains(operator, term, place);
    case '=like':
    case '=ilike':
      return onText(term, place, (pattern) => ({ kind: 'pattern', pattern, fold: operator === '=ilike' }));
    case 'child_of':
    case 'parent_of':
      return resolveHierarchy(operator, term, place);
    default:
      return compared(operator, term, place);
  }
}

const not = (tree: ResolvedDomain): ResolvedDomain => ({ kind: 'not', of: tree });

function equalTo(value: unknown, term: Term, place: Place): ResolvedDomain {
  const { field } = place;
  if (field.type === 'boolean') {
    const to = comparableOf(field, value, term);
    return leaf(place, { kind: 'equal', to }, to === false);
  }
  if (isMissing(value)) return leaf(place, { kind: 'is_null' });
  if (field.type === 'many2one' && typeof value === 'string') {
    return equalTo(value, term, nameOf(place, term));
  }
  return leaf(place, { kind: 'equal', to: comparableOf(field, value, term) });
}

function oneOf(value: unknown, term: Term, place: Place): ResolvedDomain {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const { field } = place;
  const names = field.type === 'many2one' ? list.filter((item) => typeof item === 'string') : [];
  if (names.length > 0) {
    const others = list.filter((item) => typeof item !== 'string');
    return { kind: 'or', of: [oneOf(names, term, nameOf(place, term)), oneOf(others, term, place)] };
  }
  const given = field.type === 'boolean' ? list : list.filter((item) => !isMissing(item));
  const values = [...new Set(given.map((item) => comparableOf(field, item, term)))];
  const orNull = given.length < list.length || values.includes(false);
  if (values.length === 0) return orNull ? leaf(place, { kind: 'is_null' }) : FALSE;
  return leaf(place, { kind: 'one_of', values }, orNull);
}

function contains(
  operator: 'like' | 'ilike' | 'not like' | 'not ilike',
  term: Term,
  place: Place,
): ResolvedDomain {
  const isNegated = operator.startsWith('not');
  // As in Odoo, nothing is left for "not" but missing values, though these pass without it too.
  if (term.value === '') {
    const missing = onText(term, place, () => ({ kind: 'is_null' }));
    return isNegated ? missing : TRUE;
  }
  const tree = onText(term, place, (text) => ({ kind: 'contains', text, fold: operator.endsWith('ilike') }));
  return isNegated ? not(tree) : tree;
}

/** A test on text; of a many2one, on the name of the record it points to. */
function onText(term: Term, place: Place, test: (text: string) => Test): ResolvedDomain {
  const { type } = place.field;
  if (type === 'many2one') return onText(term, nameOf(place, term), test);
  if (!isText(type)) {
    throw validationError(
      `"${term.operator}" compares text, and field ${term.path.join('.')} is ${type}. Use "=", "in" or "<" there.`,
    );
  }
  if (typeof term.value === 'string') return leaf(place, test(validText(term.value)));
  throw validationError(
    `"${term.operator}" on field ${term.path.join('.')} takes text, not ${shown(term.value)}.`,
  );
}

/** The name of the record that a many2one points to. */
function nameOf(place: Place, term: Term): Place {
  const { steps, field, target } = place;
  const name = findField(target, 'name') ?? fieldLike({ ...term, value: '' }, 'name');
  if (!isText(name.type)) {
    throw validationError(
      `Field ${term.path.join('.')} is compared with text, and the name of ${target.name} is ${name.type}. Compare with an id.`,
    );
  }
  return { steps: [...steps, { field, model: target.number }], field: name, target };
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** As in Odoo, a time is up to a day, or after it, when the day is over. */
function wholeDay(operator: '<' | '<=' | '>' | '>=', value: unknown, type: FieldType): unknown {
  const isEnd = operator === '>' || operator === '<=';
  return type === 'datetime' && isEnd && typeof value === 'string' && DAY.test(value)
    ? `${value} 23:59:59.999`
    : value;
}

function compared(operator: '<' | '<=' | '>' | '>=', term: Term, place: Place): ResolvedDomain {
  const { field } = place;
  const path = term.path.join('.');
  if (isMissing(term.value)) {
    throw validationError(`"${operator}" on field ${path} takes a value, not ${shown(term.value)}.`);
  }
  if (ORDERED.has(field.type)) {
    const to = comparableOf(field, wholeDay(operator, term.value, field.type), term);
    return leaf(place, { kind: 'compare', operator, to });
  }
  throw validationError(
    `"${operator}" has no meaning on field ${path}, which is ${field.type}. Use "=" or "in"${field.type === 'many2one' ? `, or compare ${path}.id` : ''}.`,
  );
}
