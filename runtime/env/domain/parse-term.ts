import { OPERATORS, type Operator, type Term } from './condition.ts';
import { isFieldName } from './names.ts';
import { shown, validationError } from './refusal.ts';

/** Fields of one path. */
const LONGEST_PATH = 6;
/** In characters. */
const LONGEST_TEXT = 10_000;
/** Patterns are shorter: what they cost grows with both their own length and that of the text. */
const LONGEST_PATTERN = 1000;
const MOST_VALUES = 10_000;
/** Ids of which each may have a hundred records above it. */
const MOST_OF_HIERARCHY = 1000;

const KNOWN: ReadonlySet<string> = new Set(OPERATORS);
const isOperator = (name: string): name is Operator => KNOWN.has(name);

/** One term of a domain, `[path, operator, value]`. Throws an Error named `ValidationError` that shows the term. */
export function parseTerm(part: unknown): Term {
  if (!Array.isArray(part) || part.length !== 3) {
    throw validationError(`A term of a domain is a list [field, operator, value], not ${shown(part)}.`);
  }
  const [path, operator, value]: readonly unknown[] = part;
  const refuse = (reason: string): never => {
    throw validationError(`${reason} The term is ${shown(part)}.`);
  };
  if (typeof path !== 'string') return refuse('A term begins with the name of a field.');
  if (typeof operator !== 'string' || !isOperator(operator)) {
    return refuse(`There is no operator ${shown(operator)} in domains. There is ${OPERATORS.join(', ')}.`);
  }
  const problem = pathProblem(path) ?? valueProblem(operator, value);
  return problem === undefined ? { path: path.split('.'), operator, value } : refuse(problem);
}

function pathProblem(path: string): string | undefined {
  // Longer than any path can be: not worth splitting.
  const names = path.length > 1000 ? [path] : path.split('.');
  const wrong = names.find((name) => !isFieldName(name));
  if (wrong !== undefined) {
    return `${shown(wrong)} is no name of a field: letters, digits and "_", 1 to 64 of them, with dots between fields.`;
  }
  if (names.length > LONGEST_PATH) return `A path leads through at most ${LONGEST_PATH} fields.`;
  return undefined;
}

function valueProblem(operator: Operator, value: unknown): string | undefined {
  if (!Array.isArray(value)) {
    if (operator === 'in' || operator === 'not in') return `"${operator}" takes a list of values.`;
    return typeof value === 'string' ? textProblem(operator, value) : undefined;
  }
  const most = mostValues(operator);
  if (most === 0) {
    return `"${operator}" takes one value, not a list. For any of several there is "in", for none of them "not in".`;
  }
  if (value.length > most) {
    return `"${operator}" takes at most ${most} values, not ${value.length}. Search in parts.`;
  }
  const longest = value.find((item) => typeof item === 'string' && item.length > LONGEST_TEXT);
  return longest === undefined ? undefined : textProblem(operator, String(longest));
}

function mostValues(operator: Operator): number {
  switch (operator) {
    case 'in':
    case 'not in':
      return MOST_VALUES;
    case 'child_of':
    case 'parent_of':
      return MOST_OF_HIERARCHY;
    default:
      return 0;
  }
}

function textProblem(operator: Operator, text: string): string | undefined {
  const most = operator === '=like' || operator === '=ilike' ? LONGEST_PATTERN : LONGEST_TEXT;
  if (text.length <= most) return undefined;
  return `"${operator}" takes text of at most ${most} characters, not ${text.length}.`;
}
