import type { Message } from 'esbuild';
import type { Diagnostic } from '../types.ts';

/** A value, or every reason why there is none. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

export const refused = (...errors: Diagnostic[]): { readonly ok: false; readonly errors: Diagnostic[] } => ({
  ok: false,
  errors,
});

/** About the whole file. */
export const aboutFile = (file: string, message: string): Diagnostic => ({
  file,
  line: 0,
  column: 0,
  message,
});

/** What esbuild said, with the column in characters from 1; esbuild counts bytes from 0. */
export function fromEsbuild(message: Message, file: string): Diagnostic {
  const text = message.text.replace(/:$/, '');
  const { location } = message;
  if (location === null) return aboutFile(file, text);
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
  return { file, line: location.line, column: before.length + 1, message: text };
}

/** The messages of a failed esbuild call; undefined when it failed for a reason that is not in the author's text. */
export function esbuildErrors(error: unknown): readonly Message[] | undefined {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return undefined;
  return error.errors as Message[];
}
