import type { Operator } from './condition.ts';

interface Bound {
  readonly operators: readonly Operator[];
  /** Values of lists, or characters of texts. */
  readonly most: number;
  readonly unit: string;
}

/** Each term is within its own bounds; every record pays for all of them. */
const BOUNDS: readonly Bound[] = [
  { operators: ['in', 'not in', 'child_of', 'parent_of'], most: 20_000, unit: 'values' },
  { operators: ['like', 'not like', 'ilike', 'not ilike'], most: 10_000, unit: 'characters' },
  { operators: ['=like', '=ilike'], most: 2000, unit: 'characters' },
];

/** What is too much in the terms of a domain together, as a sentence; undefined when nothing is. */
export function togetherProblem(parts: readonly unknown[]): string | undefined {
  const terms: readonly (readonly unknown[])[] = parts.filter((part) => Array.isArray(part));
  for (const { operators, most, unit } of BOUNDS) {
    const counted: readonly unknown[] = operators;
    const length = terms
      .filter(([, operator]) => counted.includes(operator))
      .reduce((sum, [, , value]) => sum + lengthOf(value), 0);
    if (length <= most) continue;
    return `All terms of a domain with ${operators.join(', ')} take at most ${most} ${unit} together, not ${length}. Search in parts.`;
  }
  return undefined;
}

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : 0;
