import type { z } from 'zod';
import type { Diagnostic } from '../../sandbox/types.ts';
import { nearest } from './nearest.ts';
import type { Path, YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** The reason of an issue whose schema says nothing itself; completes the sentence "<path> ...". */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${oneOf(issue.values)}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text (put a number, true or false in quotes)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
};

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of: ${values.join(', ')}`;
}

/** An issue as diagnostics at the lines it is about: one for each unknown key, else one. */
export function locateIssue(issue: Issue, source: YamlSource): Diagnostic[] {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(', ');
    return issue.keys.map((key) => source.atKey([...path(issue), key], unknownKey(key, known, path(issue))));
  }
  const inner = issue.code === 'invalid_union' ? fittingBranch(issue) : [];
  if (inner.length > 0) return inner.flatMap((each) => locateIssue(each, source));
  return [source.at(path(issue), `${show(path(issue))} ${issue.message}`)];
}

/** Of the branches of a union, the issues of the one that has the right type. */
function fittingBranch(issue: Extract<Issue, { code: 'invalid_union' }>): Issue[] {
  const branch = issue.errors.find(
    (issues) => !issues.some((each) => each.path.length === 0 && each.code === 'invalid_type'),
  );
  return (branch ?? []).map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

function unknownKey(key: string, known: readonly string[], parent: Path): string {
  const guess = nearest(key, known);
  const hint = guess === undefined ? '' : ` Did you mean "${guess}"?`;
  const where = parent.length === 0 ? '' : ` in ${show(parent)}`;
  return `unknown key "${key}"${where}.${hint} Accepted: ${known.join(', ')}.`;
}

/** `tasks[0].triggers[1].name` */
export function show(steps: Path): string {
  const text = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

function path(issue: Issue): Path {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}
