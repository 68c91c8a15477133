import { once } from 'node:events';
import { printable } from './printable.ts';

/** Where a command writes: results on stdout, everything said along the way on stderr. */
export interface Output {
  /** Set by `--json`: results are for programs. */
  readonly json: boolean;
  /** A result: the value for programs, or the text for a person. Both end their line here. */
  result(value: unknown, text: () => string): void;
  /** A result that is text for both. */
  line(text: string): void;
  /** A result that comes in parts, as it is; resolves when all of it is written. */
  pour(parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** Progress, warnings and next steps. */
  note(text: string): void;
  /** The text in the colour of a log level when a person is watching. */
  paint(level: string, text: string): string;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly stdout?: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr?: NodeJS.WritableStream;
}

const COLOURS: ReadonlyMap<string, string> = new Map([
  ['debug', '90'],
  ['info', '36'],
  ['warning', '33'],
  ['error', '31'],
  ['critical', '1;31'],
]);

/** Writes to standard output and standard error unless other streams are given. */
export function createOutput(options: OutputOptions): Output {
  const { json, stdout = process.stdout, stderr = process.stderr } = options;
  const colours = stdout.isTTY === true && !process.env.NO_COLOR;
  return {
    json,
    result: (value, text) => {
      stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
    },
    line: (text) => {
      stdout.write(`${text}\n`);
    },
    pour: async (parts) => {
      for await (const part of parts) if (!stdout.write(part)) await once(stdout, 'drain');
    },
    note: (text) => {
      stderr.write(`${text}\n`);
    },
    paint: (level, text) => {
      const colour = colours ? COLOURS.get(level) : undefined;
      return colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
    },
  };
}

/** Columns as wide as their longest cell. Cells are made safe for the terminal. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => printable(String(cell ?? ''))));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}
