import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import * as acorn from 'acorn';
import type { Diagnostic } from '../types.ts';
import { type Checked, refused } from './diagnostics.ts';
import { lineColumn, lineStarts } from './lines.ts';
import type { Transformed } from './transform.ts';

/** Parsed JavaScript, its comments, and the way back from its offsets to the author's lines. */
export interface Parsed {
  readonly code: string;
  readonly program: acorn.Program;
  readonly comments: readonly Range[];
  /** Undefined for code that the author did not write. */
  readonly authorPosition: (offset: number) => { readonly line: number; readonly column: number } | undefined;
  readonly diagnostic: (offset: number, message: string) => Diagnostic;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Parses a transformed file as what it is, a complete module: nothing in it can reach out of the place it is put in. */
export function parse(file: string, { code, map }: Transformed): Checked<Parsed> {
  const trace = new TraceMap(map);
  const starts = lineStarts(code);
  const authorPosition: Parsed['authorPosition'] = (offset) => {
    const { line, column } = originalPositionFor(trace, lineColumn(starts, offset));
    return line === null ? undefined : { line, column: column + 1 };
  };
  const diagnostic: Parsed['diagnostic'] = (offset, message) => {
    const { line, column } = authorPosition(offset) ?? { line: 0, column: 0 };
    return { file, line, column, message };
  };
  const comments: Range[] = [];
  try {
    const program = acorn.parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      onComment: (_block, _text, start, end) => comments.push({ start, end }),
    });
    return { ok: true, value: { code, program, comments, authorPosition, diagnostic }, warnings: [] };
  } catch (error) {
    if (error instanceof RangeError) return refused(diagnostic(0, TOO_DEEP));
    if (!(error instanceof SyntaxError) || !('pos' in error)) throw error;
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    return refused(
      diagnostic(Number(error.pos), message.startsWith('Not enough stack') ? TOO_DEEP : message),
    );
  }
}

export const TOO_DEEP = 'The code is nested too deeply. Split it up.';

/** Puts spaces over parts of a text, so that every other character keeps its line and column. */
export function blank(text: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let kept = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= kept) continue;
    parts.push(
      text.slice(kept, start),
      text.slice(Math.max(start, kept), end).replace(/[^\n\r\u2028\u2029]/g, ' '),
    );
    kept = end;
  }
  return parts.join('') + text.slice(kept);
}
