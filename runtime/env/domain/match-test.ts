import { containsText } from '../../store/contains-text.ts';
import type { FieldSpec, StoredValue } from '../../store/record-store.ts';
import { compareText, folded } from '../../store/text.ts';
import type { Test } from './condition.ts';
import { matchesPattern } from './match-pattern.ts';

/** Tests that one value answers. */
export type ValueTest = Exclude<Test, { readonly kind: 'hierarchy' }>;

/**
 * What a test says of one value of the field, undefined being a missing one. Databases answer the same, so that values of another type
 * than the field's have an order too: numbers (booleans being 0 and 1), then text (of json its text).
 */
export function matchesTest(test: ValueTest, field: FieldSpec, value: StoredValue | undefined): boolean {
  if (value === undefined) return test.kind === 'is_null';
  switch (test.kind) {
    case 'is_null':
      return false;
    case 'equal':
      return keyOf(field, value) === keyOf(field, test.to);
    case 'one_of':
      return setOf(test, field).has(keyOf(field, value));
    case 'compare':
      return holds(test.operator, compare(scalarOf(value), scalarOf(test.to)));
    case 'contains':
      return onText(value, test.fold, (text, fold) => containsText(text, fold(test.text)));
    case 'pattern':
      return onText(value, test.fold, (text, fold) => matchesPattern(fold(test.pattern), text));
  }
}

/** What any test costs. */
const EACH = 50;
/** A pattern is compared so many of its characters at once. */
const AT_ONCE = 31;

/** How many characters a test compares, roughly. */
export function costOf(test: ValueTest, value: StoredValue | undefined): number {
  const { length } = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return EACH + length * (test.kind === 'pattern' ? 1 + Math.floor(test.pattern.length / AT_ONCE) : 1);
}

type OneOf = Extract<Test, { readonly kind: 'one_of' }>;

/** Long lists are judged again for each record. */
const sets = new WeakMap<OneOf, ReadonlySet<StoredValue>>();

function setOf(test: OneOf, field: FieldSpec): ReadonlySet<StoredValue> {
  const known = sets.get(test);
  if (known !== undefined) return known;
  const set = new Set(test.values.map((value) => keyOf(field, value)));
  sets.set(test, set);
  return set;
}

/** What is equal has the same key. Json compares without regard to how it would be kept: `true` is not 1, and a list is no text. */
const keyOf = (field: FieldSpec, value: StoredValue): StoredValue =>
  field.type === 'json' ? value : scalarOf(value);

function onText(
  value: StoredValue,
  ignoreCase: boolean,
  test: (text: string, fold: (text: string) => string) => boolean,
): boolean {
  const fold = ignoreCase ? folded : (text: string) => text;
  const scalar = scalarOf(value);
  return typeof scalar === 'string' && test(fold(scalar), fold);
}

function scalarOf(value: StoredValue): string | number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  return typeof b === 'number' ? 1 : compareText(a, b);
}

function holds(operator: '<' | '<=' | '>' | '>=', order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
