import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const LAUNCHER = path.resolve(import.meta.dirname, '../../server/launch.cjs');

/** `sluice` as a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the URL of the line `listening on`; rejects when the process ends before. */
  listening(): Promise<string>;
}

/** Starts a command; nothing of this environment but PATH and `env` reaches it. */
export function startProcess(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly launcher?: string | undefined;
  } = {},
): ServerProcess {
  const env = { PATH: process.env.PATH ?? '', ...options.env };
  const child = spawn(process.execPath, [options.launcher ?? LAUNCHER, ...args], {
    cwd: options.cwd,
    env,
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const urlSoFar = () => /^listening on (\S+)$/m.exec(stdout)?.[1];
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    listening: () =>
      new Promise((resolve, reject) => {
        const look = () => {
          const url = urlSoFar();
          if (url !== undefined) resolve(url);
        };
        child.stdout.on('data', look);
        look();
        ended.then(() => reject(new Error(`It ended before it listened: ${stderr}`)));
      }),
  };
}
