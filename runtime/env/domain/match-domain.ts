import { Turns } from '../../turns.ts';
import type { ResolvedDomain, ResolvedTerm } from './condition.ts';
import { fieldValue, type Lookup, Lookups, linkOf, type MatchRecord } from './lookups.ts';
import { matchesHierarchy } from './match-hierarchy.ts';
import { costOf, matchesTest } from './match-test.ts';

/** Without waiting where the record itself has the answer. */
type Answer = boolean | Promise<boolean>;

/**
 * True when the record passes; the same answer as a database gives. `lookup` is asked for the records that dotted paths and hierarchies
 * lead to, and only as far as they decide; one record costs at most 10,000 of them, and above that rejects with a `ValidationError`.
 * What is looked at counts in `turns`, which may end it.
 */
export async function matchDomain(
  domain: ResolvedDomain,
  record: MatchRecord,
  lookup: Lookup,
  turns: Turns = new Turns(),
): Promise<boolean> {
  return answerOf(domain, record, new Lookups(lookup, turns));
}

function answerOf(tree: ResolvedDomain, record: MatchRecord, lookups: Lookups): Answer {
  switch (tree.kind) {
    case 'leaf':
      return tree.leaf.steps.length === 0
        ? answerAt(tree.leaf, record, lookups)
        : answerBeyond(tree.leaf, record, lookups);
    case 'not': {
      const answer = answerOf(tree.of, record, lookups);
      return typeof answer === 'boolean' ? !answer : answer.then((passes) => !passes);
    }
    default:
      return joined(tree.kind, tree.of, record, lookups);
  }
}

function joined(
  kind: 'and' | 'or',
  of: readonly ResolvedDomain[],
  record: MatchRecord,
  lookups: Lookups,
): Answer {
  const decides = kind === 'or';
  for (const [index, tree] of of.entries()) {
    const answer = answerOf(tree, record, lookups);
    if (answer === decides) return decides;
    if (typeof answer !== 'boolean') {
      return answer.then((passes) =>
        passes === decides ? decides : joined(kind, of.slice(index + 1), record, lookups),
      );
    }
  }
  return !decides;
}

async function answerBeyond(term: ResolvedTerm, record: MatchRecord, lookups: Lookups): Promise<boolean> {
  let at: MatchRecord | undefined = record;
  for (const { field, model } of term.steps) {
    const id: number | undefined = at === undefined ? undefined : linkOf(at, field);
    at = id === undefined ? undefined : await lookups.find(model, id);
  }
  return answerAt(term, at, lookups);
}

/** What the term says of the record that its path ends at; undefined when it ends early. */
function answerAt(
  { test, field, orNull }: ResolvedTerm,
  at: MatchRecord | undefined,
  lookups: Lookups,
): Answer {
  const value = at === undefined ? undefined : fieldValue(at, field);
  if (value === undefined && orNull) return true;
  if (test.kind === 'hierarchy') return typeof value === 'number' && matchesHierarchy(test, value, lookups);
  const turn = lookups.compare(costOf(test, value));
  return turn === undefined
    ? matchesTest(test, field, value)
    : turn.then(() => matchesTest(test, field, value));
}
