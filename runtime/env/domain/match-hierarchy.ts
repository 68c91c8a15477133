import type { Test } from './condition.ts';
import { stepLike } from './find-field.ts';
import { type Lookups, linkOf } from './lookups.ts';

export type HierarchyTest = Extract<Test, { readonly kind: 'hierarchy' }>;

/** Levels between two records that still belong together; also what ends a circle of parents. */
export const MOST_LEVELS = 100;

/** True when the record `id` is one of the test's records, or below one (`child_of`) or above one (`parent_of`). */
export function matchesHierarchy(test: HierarchyTest, id: number, lookups: Lookups): Promise<boolean> {
  const isChild = test.direction === 'child_of';
  return isChild
    ? leadsUp(test, [id], new Set(test.ids), lookups)
    : leadsUp(test, test.ids, new Set([id]), lookups);
}

/** Goes up from all of `from` level by level until one of `to` is met. */
async function leadsUp(
  { model, parent }: HierarchyTest,
  from: readonly number[],
  to: ReadonlySet<number>,
  lookups: Lookups,
): Promise<boolean> {
  const field = stepLike(parent);
  const seen = new Set<number>(from);
  let level = from;
  for (let height = 0; level.length > 0; height += 1) {
    if (level.some((id) => to.has(id))) return true;
    if (height === MOST_LEVELS) return false;
    const above: number[] = [];
    for (const id of level) {
      const record = await lookups.find(model, id);
      const next = record === undefined ? undefined : linkOf(record, field);
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      above.push(next);
    }
    level = above;
  }
  return false;
}
