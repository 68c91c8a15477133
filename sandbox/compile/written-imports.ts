import type { Diagnostic } from '../types.ts';
import { parse } from './parse.ts';
import { transform } from './transform.ts';

const ONLY_TYPES =
  'Tasks and Common Code import nothing but types. Take this out, or write `import type` if it is one.';

/**
 * A diagnosis for each import of values that the author wrote, those that nothing uses among them: TypeScript drops such an
 * import without a word, and whoever wrote it would go on to believe in it. Empty for a file that cannot be read in this way.
 */
export async function writtenImports(file: string, text: string): Promise<readonly Diagnostic[]> {
  if (!/\bimport\b/.test(text)) return [];
  const transformed = await transform(file, text, { keepImports: true });
  const parsed = transformed.ok ? parse(file, transformed.value) : transformed;
  if (!parsed.ok) return [];
  const { program, diagnostic } = parsed.value;
  // One whose names are all types has none left.
  return program.body.flatMap((node) =>
    node.type === 'ImportDeclaration' && node.specifiers.length > 0
      ? [diagnostic(node.start, ONLY_TYPES)]
      : [],
  );
}
