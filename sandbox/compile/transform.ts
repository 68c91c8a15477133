import * as esbuild from 'esbuild';
import type { Diagnostic } from '../types.ts';
import { aboutFile, type Checked, esbuildErrors, fromEsbuild, refused } from './diagnostics.ts';
import { lineColumn, lineStarts } from './lines.ts';

export interface Transformed {
  readonly code: string;
  /** Source map from `code` to the author's text, as JSON. */
  readonly map: string;
}

/**
 * esbuild reads a source map that the text carries and would place the author's lines where it says. The last such comment
 * counts, so ours, which names nothing, is put behind the text.
 */
export const WITHOUT_INPUT_MAP = '\n//# sourceMappingURL=x';

/** Deeper than any person writes; esbuild needs some ten kilobytes for each level. */
const MAX_BRACKETS = 2000;

/** Everything V8 knows is left as written; only types and decorators go. No tsconfig file is ever read. */
const OPTIONS = {
  target: 'es2024',
  platform: 'neutral',
  supported: { using: true },
  sourcemap: 'external',
  sourcesContent: false,
  charset: 'utf8',
  legalComments: 'none',
  treeShaking: false,
  logLevel: 'silent',
  logLimit: 20,
  define: { this: 'undefined' },
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false, useDefineForClassFields: true } },
} as const satisfies esbuild.TransformOptions;

const KEEP_IMPORTS = {
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
} as const;

export interface TransformSettings {
  /** Imports of values stay though nothing uses them. */
  readonly keepImports?: boolean;
}

/** Takes the types off one file of the author. */
export async function transform(
  file: string,
  text: string,
  { keepImports = false }: TransformSettings = {},
): Promise<Checked<Transformed>> {
  if (bracketDepth(text) > MAX_BRACKETS) {
    return refused(
      aboutFile(file, `Brackets are nested deeper than ${MAX_BRACKETS} levels. Split the code up.`),
    );
  }
  const loader = file.endsWith('.ts') ? 'ts' : 'js';
  const source = text.replace(/^\uFEFF/, '') + WITHOUT_INPUT_MAP;
  try {
    const { code, map, warnings } = await esbuild.transform(source, {
      ...OPTIONS,
      ...(keepImports ? KEEP_IMPORTS : {}),
      loader,
      sourcefile: file,
    });
    return {
      ok: true,
      value: { code, map },
      warnings: warnings.map((warning) => fromEsbuild(warning, file)),
    };
  } catch (error) {
    const errors = esbuildErrors(error);
    if (errors === undefined) throw error;
    const told = errors.map((message) => within(text, fromEsbuild(message, file)));
    const [first] = told;
    return first && (await isJsx(file, source)) ? refused({ ...first, message: NO_JSX }) : refused(...told);
  }
}

const NO_JSX = 'JSX (`<name>...</name>`) does not exist here. Write HTML as text.';

/** esbuild says of JSX in TypeScript that it expected a `>`. */
async function isJsx(file: string, source: string): Promise<boolean> {
  const loader = file.endsWith('.ts') ? 'tsx' : 'jsx';
  return esbuild.transform(source, { ...OPTIONS, loader, sourcefile: file }).then(
    () => true,
    () => false,
  );
}

/** An unexpected end is reported behind the comment that we put there: the author's own last line is meant. */
function within(text: string, diagnostic: Diagnostic): Diagnostic {
  const starts = lineStarts(text);
  if (diagnostic.line <= starts.length) return diagnostic;
  const last = lineColumn(starts, text.length);
  return { ...diagnostic, line: last.line, column: last.column + 1 };
}

/** How many brackets are open at most, whatever they stand in: strings and comments are counted too. */
function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[()[\]{}]/g)) {
    depth += '([{'.includes(bracket) ? 1 : -1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}
