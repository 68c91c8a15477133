import type { FieldSpec } from '../../store/record-store.ts';

/** A domain in the form in which it is worked with: parsed, then resolved against the models it speaks of. */

export const OPERATORS = [
  '=',
  '!=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '=?',
  'in',
  'not in',
  'like',
  'not like',
  'ilike',
  'not ilike',
  '=like',
  '=ilike',
  'child_of',
  'parent_of',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** `of` may be empty: nothing but true for `and`, nothing but false for `or`. */
export type Tree<Leaf> =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Tree<Leaf>[] }
  | { readonly kind: 'not'; readonly of: Tree<Leaf> }
  | { readonly kind: 'leaf'; readonly leaf: Leaf };

/** `["partner_id.name", "ilike", "x"]` as its author wrote it. */
export interface Term {
  /** Names of fields; all but the last are many2one. */
  readonly path: readonly string[];
  readonly operator: Operator;
  readonly value: unknown;
}

/** A value to compare with, in the form in which values are kept. */
export type Comparable = string | number | boolean;

/**
 * What is asked of one value. A missing value (null) passes `is_null` and nothing else.
 * Text compares by code points; with `fold` upper and lower case are alike (`folded` of store/text.ts).
 */
export type Test =
  | { readonly kind: 'is_null' }
  | { readonly kind: 'equal'; readonly to: Comparable }
  | { readonly kind: 'compare'; readonly operator: '<' | '<=' | '>' | '>='; readonly to: Comparable }
  | { readonly kind: 'one_of'; readonly values: readonly Comparable[] }
  /** The text contains this one. */
  | { readonly kind: 'contains'; readonly text: string; readonly fold: boolean }
  /** A pattern of `=like`: `%` any text, `_` any character, `\` takes the next one literally. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly fold: boolean }
  /** The record of this id is one of `ids` or below (above) one by the field `parent` of its model; a record counts as its own child. */
  | {
      readonly kind: 'hierarchy';
      readonly direction: 'child_of' | 'parent_of';
      readonly ids: readonly number[];
      readonly model: number;
      readonly parent: string;
    };

/** A way through many2one fields: the field, and the number of the model that it leads to; 0: nothing is stored of it, so that it leads nowhere. */
export interface Step {
  readonly field: FieldSpec;
  readonly model: number;
}

/**
 * A term that was checked against its models: true or false of every record. What an operator turns around (`!=`, `not in`) is a `not`
 * around it. A path that ends early (a many2one without value, or whose record is gone) is a missing value.
 */
export interface ResolvedTerm {
  readonly steps: readonly Step[];
  /** A field of the last model, or one of `id`, `create_date`, `write_date`, `create_uid`, `write_uid`. */
  readonly field: FieldSpec;
  readonly test: Test;
  /** A missing value passes too, whatever the test says. */
  readonly orNull: boolean;
}

export const TRUE = { kind: 'and', of: [] } as const;
export const FALSE = { kind: 'or', of: [] } as const;

export type ParsedDomain = Tree<Term>;
export type ResolvedDomain = Tree<ResolvedTerm>;
