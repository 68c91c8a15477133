import { FALSE, type ParsedDomain, TRUE } from './condition.ts';
import { parseTerm } from './parse-term.ts';
import { shown, validationError } from './refusal.ts';
import { togetherProblem } from './together.ts';

const MOST_TERMS = 200;
/** Terms and the operators that join them: so much can be said with that many terms, and nobody means more. */
const MOST_PARTS = 1000;
const DEEPEST = 100;

/** How many terms follow each of the operators that join. */
const ARITY: ReadonlyMap<unknown, number> = new Map([
  ['&', 2],
  ['|', 2],
  ['!', 1],
]);

interface Node {
  readonly tree: ParsedDomain;
  /** Levels of `and`, `or` and `not` down to the lowest term. */
  readonly depth: number;
}

/**
 * A domain as code of a project gave it, plain data: a list of terms `[path, operator, value]` and of `&`, `|` and `!` before what they
 * join. Terms that nothing joins must all hold; an empty list is true of every record. Throws an Error named `ValidationError` that
 * names what is wrong. Values are bounded here, and compared with the types of their fields by `resolveDomain`.
 */
export function parseDomain(input: unknown): ParsedDomain {
  if (!Array.isArray(input)) throw validationError(`A domain is a list of terms, not ${shown(input)}.`);
  const parts: readonly unknown[] = input;
  checkCount(parts);
  checkBrackets(parts);

  // From the end, what an operator joins was read before it.
  const stack: Node[] = [];
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const part = parts[index];
    const arity = ARITY.get(part);
    const node = arity === undefined ? leafOf(part) : join(String(part), stack.splice(-arity), arity, parts);
    if (node.depth > DEEPEST) {
      throw validationError(`A domain is nested at most ${DEEPEST} levels deep. Join terms by one operator.`);
    }
    stack.push(node);
  }
  const problem = togetherProblem(parts);
  if (problem !== undefined) throw validationError(problem);
  return group('and', stack).tree;
}

function checkCount(parts: readonly unknown[]): void {
  const isTooLong = parts.length > MOST_PARTS || parts.filter((part) => !ARITY.has(part)).length > MOST_TERMS;
  if (!isTooLong) return;
  throw validationError(
    `A domain has at most ${MOST_TERMS} terms, and with operators ${MOST_PARTS} parts; this one has ${parts.length} parts. ` +
      'To compare with many values, give one term a list: ["field", "in", [...]].',
  );
}

/** The most frequent slip of all. */
function checkBrackets(parts: readonly unknown[]): void {
  const isTerm = parts.length === 3 && typeof parts[0] === 'string' && !ARITY.has(parts[0]);
  if (!isTerm || typeof parts[1] !== 'string') return;
  throw validationError(`A domain is a list of terms, and this is one term: write [${shown(parts)}].`);
}

function leafOf(part: unknown): Node {
  if (typeof part === 'string') {
    throw validationError(`${shown(part)} joins no terms in a domain. There is "&", "|" and "!".`);
  }
  if (Array.isArray(part) && part.length === 3 && part[1] === '=' && part[2] === 1) {
    if (part[0] === 1) return { tree: TRUE, depth: 0 };
    if (part[0] === 0) return { tree: FALSE, depth: 0 };
  }
  return { tree: { kind: 'leaf', leaf: parseTerm(part) }, depth: 0 };
}

/** `operands`: the next one last, as they lay on the stack. */
function join(operator: string, operands: readonly Node[], arity: number, parts: readonly unknown[]): Node {
  const [operand] = operands;
  if (operand === undefined || operands.length < arity) {
    const [needed, follow] = arity === 1 ? ['one term', 'none follows'] : ['two terms', 'fewer follow'];
    throw validationError(`"${operator}" takes ${needed} after it, and ${follow}: ${shown(parts)}.`);
  }
  if (operator === '!') return { tree: { kind: 'not', of: operand.tree }, depth: operand.depth + 1 };
  return group(operator === '&' ? 'and' : 'or', operands);
}

/** Joins what lies on the stack. A group within one of its own kind becomes part of it, so that long chains are not deep. */
function group(kind: 'and' | 'or', stack: readonly Node[]): Node {
  const nodes = stack.toReversed();
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return only;
  const isSame = ({ tree }: Node) => tree.kind === kind;
  return {
    tree: { kind, of: nodes.flatMap(({ tree }) => (tree.kind === kind ? tree.of : [tree])) },
    depth: Math.max(0, ...nodes.map((node) => node.depth + (isSame(node) ? 0 : 1))),
  };
}
