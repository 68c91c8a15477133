import { languageKey } from '../../sandbox/language-key.ts';
import type { Diagnostic } from '../../sandbox/types.ts';
import { show } from './explain.ts';
import { nearest } from './nearest.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/**
 * What must hold between distant parts of project.yaml. Works on the plain value, whatever its shape, so that these
 * errors are reported together with those of the schema.
 */
export function checkReferences(source: YamlSource): Diagnostic[] {
  return [
    ...twice(source, ['params', '*', 'key']),
    ...twice(source, ['secrets', '*', 'key']),
    ...twice(source, ['tasks', '*', 'name']),
    ...twice(source, ['tasks', '*', 'code']),
    ...twice(source, ['tasks', '*', 'triggers', '*', 'name']),
    ...twice(source, ['models', '*', 'name']),
    ...twice(source, ['models', '*', 'fields', '*', 'name'], ([, model]) => String(model)),
    ...twice(source, ['texts', '*', 'key'], (path) =>
      languageKey(String(find(source, [...path.slice(0, -1), 'lang']) ?? 'en')),
    ),
    ...missingParams(source, ['egress', 'allow', '*', 'param']),
    ...missingParams(source, ['secrets', '*', 'hosts', '*', 'param']),
    ...missingSecrets(source, [...TRIGGERS, 'auth', 'secret']),
    ...missingSecrets(source, [...TRIGGERS, 'auth', 'previous_secret']),
  ];
}

/** Values of the same pattern that are equal; `also` tells apart those that may share a value. */
function twice(source: YamlSource, pattern: Path, also: (path: Path) => string = () => ''): Diagnostic[] {
  const first = new Map<string, Path>();
  const found: Diagnostic[] = [];
  for (const { path, value } of select(source.value, pattern)) {
    if (typeof value !== 'string') continue;
    const identity = JSON.stringify([value, also(path)]);
    const before = first.get(identity);
    if (before === undefined) first.set(identity, path);
    else
      found.push(source.at(path, `${show(path)} "${value}" is taken by ${show(before)}: choose another one`));
  }
  return found;
}

const TRIGGERS: Path = ['tasks', '*', 'triggers', '*'];

const missingParams = (source: YamlSource, pattern: Path): Diagnostic[] =>
  undeclared(source, pattern, ['params', 'param']);

const missingSecrets = (source: YamlSource, pattern: Path): Diagnostic[] =>
  undeclared(source, pattern, ['secrets', 'secret']);

/** Whoever gets more of these at once has another problem than a letter. */
const MOST_GUESSED = 20;

/** Values of the pattern that are no key in the list `section` of project.yaml. */
function undeclared(
  source: YamlSource,
  pattern: Path,
  [section, word]: readonly [string, string],
): Diagnostic[] {
  const known = new Set(select(source.value, [section, '*', 'key']).map((each) => String(each.value)));
  return select(source.value, pattern)
    .filter(({ value }) => typeof value === 'string' && !known.has(value))
    .map(({ path, value }, index) => {
      const guess = index < MOST_GUESSED ? nearest(String(value), [...known]) : undefined;
      const hint = guess === undefined ? `Declare it under ${section}.` : `Did you mean "${guess}"?`;
      return source.at(path, `${show(path)} names the ${word} "${value}", which does not exist. ${hint}`);
    });
}

/** Everything in a plain value that a path leads to, `*` standing for each item of a list. */
export function select(value: unknown, pattern: Path, path: Path = []): { path: Path; value: unknown }[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ path, value }];
  if (step === '*') {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item, index) => select(item, rest, [...path, index]));
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return select((value as Readonly<Record<string, unknown>>)[step], rest, [...path, step]);
}

function find(source: YamlSource, path: Path): unknown {
  let value = source.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}
