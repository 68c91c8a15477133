import * as acorn from 'acorn';
import { NOT_YET } from '../capabilities.ts';
import type { Diagnostic } from '../types.ts';
import { findCommonJs } from './commonjs.ts';
import { type TopLevelName, topLevelNames } from './declarations.ts';
import { aboutFile, type Checked, refused } from './diagnostics.ts';
import { referredName } from './free-names.ts';
import { type ImportedName, importedNames } from './imports.ts';
import { blank, type Parsed, parse, type Range, TOO_DEEP } from './parse.ts';
import { transform } from './transform.ts';
import { isAwait, walk } from './walk.ts';

/** One file of the author, ready to be put inside a function. */
export interface AuthorModule {
  readonly file: string;
  /** JavaScript without types, comments, `import` statements and the word `export`. */
  readonly code: string;
  /** Source map from `code` to the author's text, as JSON. */
  readonly map: string;
  /** Top-level names that the author wrote. */
  readonly names: readonly TopLevelName[];
  /** Exported name -> top-level name. Empty when the file exports nothing. */
  readonly exports: ReadonlyMap<string, string>;
  readonly imports: readonly ImportedName[];
  /** Has top-level `await`. */
  readonly awaits: boolean;
  /** Every name that the code refers to, or more. */
  readonly mentions: ReadonlySet<string>;
  /** For what is found out later: a diagnosis at an offset of `code`. */
  readonly diagnostic: Parsed['diagnostic'];
}

/** A chain of calls nests as deep as it is long; V8 overflows its stack some way above this. */
const MAX_DEPTH = 2000;

/** Reads one file, or says all that is wrong with it. Import statements are for the caller to judge. */
export async function readModule(file: string, text: string): Promise<Checked<AuthorModule>> {
  const transformed = await transform(file, text);
  if (!transformed.ok) return transformed;
  const parsed = parse(file, transformed.value);
  if (!parsed.ok) return parsed;
  const { program, authorPosition, diagnostic } = parsed.value;

  const head = readExports(parsed.value);
  const body = readBody(parsed.value);
  const names = topLevelNames(program).filter(({ start }) => authorPosition(start) !== undefined);
  const thenables = names.filter(({ name }) => name === 'then');
  const ownNames = new Set(names.map(({ name }) => name));
  const commonJs = ownNames.has('require') || ownNames.has('module') ? [] : findCommonJs(program);
  const errors = [
    ...head.errors,
    ...body.errors,
    ...commonJs.map(({ start, message }) => diagnostic(start, message)),
    ...thenables.map(({ start }) => diagnostic(start, THENABLE)),
  ];
  if (errors.length > 0) return refused(...errors);
  return {
    ok: true,
    warnings: [...transformed.warnings, ...missingNames(file, names, body.mentions)],
    value: {
      file,
      code: blank(transformed.value.code, [...parsed.value.comments, ...head.blanks]),
      map: transformed.value.map,
      names,
      exports: head.exports,
      imports: program.body.flatMap((node) => (node.type === 'ImportDeclaration' ? importedNames(node) : [])),
      awaits: body.awaits,
      mentions: body.mentions,
      diagnostic,
    },
  };
}

/** The names of a file are awaited as one object, and one with a `then` would be waited for until the job's time is over. */
const THENABLE = 'The name "then" is taken by promises. Give it another name.';

/** Better told on deploy than by a job that fails at night. */
function missingNames(
  file: string,
  own: readonly { readonly name: string }[],
  mentions: ReadonlySet<string>,
): Diagnostic[] {
  return NOT_YET.filter((name) => mentions.has(name) && !own.some((declared) => declared.name === name)).map(
    (name) => aboutFile(file, `"${name}" is not there yet in this version: code that uses it will fail`),
  );
}

interface Exports {
  readonly exports: ReadonlyMap<string, string>;
  /** The words to be taken out of the text, and the imports with them. */
  readonly blanks: readonly Range[];
  readonly errors: readonly Diagnostic[];
}

function readExports({ program, diagnostic }: Parsed): Exports {
  const exports = new Map<string, string>();
  const blanks: Range[] = [];
  const errors: Diagnostic[] = [];
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') blanks.push(node);
    if (node.type === 'ExportDefaultDeclaration') {
      errors.push(
        diagnostic(
          node.start,
          '`export default` does not exist here. Give it a name: `export function name() ...`.',
        ),
      );
    }
    if (node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source)) {
      errors.push(
        diagnostic(
          node.start,
          '`export ... from` does not exist here. Write functions of your own that call the package.',
        ),
      );
      continue;
    }
    if (node.type !== 'ExportNamedDeclaration') continue;
    blanks.push({ start: node.start, end: node.declaration?.start ?? node.end });
    if (node.declaration) {
      const only = { ...program, body: [node.declaration] };
      for (const { name } of topLevelNames(only)) exports.set(name, name);
    }
    for (const { exported, local, start } of node.specifiers) {
      const name = exported.type === 'Identifier' ? exported.name : String(exported.value);
      if (name === 'then') errors.push(diagnostic(start, THENABLE));
      else if (isBindable(name)) exports.set(name, local.type === 'Identifier' ? local.name : name);
      else
        errors.push(
          diagnostic(
            start,
            `${JSON.stringify(name)} is not a name that code could use. Export it under another.`,
          ),
        );
    }
  }
  return { exports, blanks, errors };
}

/** True when `const <name> = ...` can be written. */
function isBindable(name: string): boolean {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)) return false;
  try {
    acorn.parse(`const ${name} = 0`, { ecmaVersion: 'latest', sourceType: 'module' });
    return true;
  } catch {
    return false;
  }
}

interface Body {
  readonly awaits: boolean;
  readonly mentions: ReadonlySet<string>;
  readonly errors: readonly Diagnostic[];
}

function readBody({ program, diagnostic }: Parsed): Body {
  const mentions = new Set<string>();
  const errors: Diagnostic[] = [];
  let awaits = false;
  for (const visit of walk(program)) {
    const { node, depth, inFunction } = visit;
    if (depth > MAX_DEPTH) return { awaits, mentions, errors: [diagnostic(node.start, TOO_DEEP)] };
    const name = referredName(visit);
    if (name !== undefined) mentions.add(name);
    if (!inFunction && isAwait(node)) awaits = true;
    if (node.type === 'ImportExpression') {
      errors.push(
        diagnostic(node.start, '`import()` does not exist here. Use an import statement in Protected Code.'),
      );
    }
    if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      errors.push(diagnostic(node.start, '`import.meta` does not exist here.'));
    }
  }
  return { awaits, mentions, errors };
}
