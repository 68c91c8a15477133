import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CliError, usageError } from './cli-error.ts';

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CliError(`${file} cannot be read (${reason(cause)}). Check the name.`, { cause });
  }
}

/** The JSON value in a file, or in standard input for `-`. */
export async function readJsonInput(file: string): Promise<unknown> {
  const text = (await readInput(file)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${file} is not JSON: ${reason(cause)}`, { cause });
  }
}

/**
 * A secret value: from a terminal one line that is not shown while it is typed, else all of standard input without
 * one line end at its end.
 */
export async function readSecret(question: string): Promise<string> {
  const value = process.stdin.isTTY ? await askHidden(question) : await readPiped();
  if (value === '') throw usageError('The secret is empty. Type a value, or pipe one in.');
  return value;
}

async function readPiped(): Promise<string> {
  const bytes = await buffer(process.stdin);
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      process.stderr.write('\n');
      reject(new CliError('Nothing was set.'));
    });
  });
}

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
};
