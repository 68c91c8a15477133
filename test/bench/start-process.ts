import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');

export interface Started {
  readonly process: ChildProcess;
  /** Milliseconds from spawning to the first line that matches. */
  readonly readyMs: number;
  /** Standard output so far, growing. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts a program of this repository and waits for a line of its standard output. */
export async function startProcess(
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const readyMs = await new Promise<number>((done, fail) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (ready.test(line)) done(performance.now() - began);
    });
    child.once('exit', (code) => fail(new Error(`${args.join(' ')} ended with ${code} before it was ready`)));
  });
  return {
    process: child,
    readyMs,
    lines,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
