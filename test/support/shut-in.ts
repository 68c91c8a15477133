import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface ShutInEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or the signal that ended it. */
  readonly how: number | string | null;
}

/**
 * Runs a program of Node.js behind these words, without the permission model: what code could do that has broken out of
 * everything above the operating system. Descriptor 3 is a pipe as runners have it, 4 another open file.
 */
export async function runShutIn(
  words: readonly string[],
  program: string,
  options: { readonly cwd?: string; readonly heldFd?: number } = {},
): Promise<ShutInEnd> {
  const [command = '', ...args] = [...words, process.execPath, '-e', program];
  const { cwd = '/', heldFd = 'ignore' } = options;
  const child = spawn(command, args, { cwd, env: {}, stdio: ['ignore', 'pipe', 'pipe', 'pipe', heldFd] });
  (child.stdio[3] as Duplex)
    .on('data', (chunk) => (child.stdio[3] as Duplex).write(chunk))
    .on('error', () => {});
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  const written = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
  const [[stdout = '', stderr = ''], how] = await Promise.all([Promise.all(written), ended]);
  return { stdout, stderr, how };
}

/** The same, for a program that prints JSON. Throws with what it wrote when it failed. */
export async function seenFromInside(
  words: readonly string[],
  program: string,
  options: { readonly cwd?: string; readonly heldFd?: number } = {},
): Promise<Record<string, unknown>> {
  const { stdout, stderr, how } = await runShutIn(words, program, options);
  if (how !== 0) throw new Error(`it ended with ${how}: ${stderr}`);
  return JSON.parse(stdout);
}
