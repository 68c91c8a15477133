import * as acorn from 'acorn';
import type { Segment, Unit } from '../types.ts';
import { countLines } from './lines.ts';

/** Puts the text of a unit together and keeps account of which of its lines came from where. */
export class UnitText {
  readonly #parts: string[] = [];
  readonly #segments: Segment[] = [];
  #line = 1;

  /** Adds text of our own, without line ends, to the current line. */
  add(text: string): void {
    this.#parts.push(text);
  }

  /** Adds a file on lines of its own. */
  addFile({ file, code, map }: { readonly file: string; readonly code: string; readonly map: string }): void {
    const lines = countLines(code);
    this.#parts.push('\n', code, '\n');
    this.#segments.push({ file, line: this.#line + 1, lines, map });
    this.#line += lines + 1;
  }

  /** The unit, once it is sure that nothing in it reaches out of its function. */
  finish(): Unit {
    const code = this.#parts.join('');
    if (!isOneFunction(code)) throw new Error('A compiled unit is not one function expression.');
    return { code, segments: this.#segments };
  }
}

function isOneFunction(code: string): boolean {
  const { body } = acorn.parse(code, { ecmaVersion: 'latest', sourceType: 'script' });
  const [statement] = body;
  return (
    body.length === 1 &&
    statement?.type === 'ExpressionStatement' &&
    statement.expression.type === 'ArrowFunctionExpression' &&
    code.startsWith('(') &&
    code.endsWith(')') &&
    statement.end === code.length
  );
}
