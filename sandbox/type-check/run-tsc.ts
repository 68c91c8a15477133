import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ownPath } from '../own-path.ts';
import { killGroup } from '../process-group.ts';

/** TypeScript's native compiler as this checkout has it installed; undefined in the single binary, which does not carry it. */
export function ownTsc(): string | undefined {
  const file = ownPath(`node_modules/@typescript/typescript-${process.platform}-${process.arch}/lib/tsc`);
  return existsSync(file) ? file : undefined;
}

/** Text of the report, or why there is none. */
export type TscEnd = { readonly report: string } | { readonly lost: 'time' | 'fault' };

/**
 * Address space (KiB), processor time (s, for a server that dies meanwhile) and file size (half KiB). A system that knows
 * none of them goes on without: the wall time is kept by us.
 */
const BOUNDS = 'ulimit -v 2097152; ulimit -t 60; ulimit -f 65536; exec "$@"';

/** One thread is quicker for a small project, and leaves the other processors to jobs. */
const ENVIRONMENT = { GOMAXPROCS: '1', GOMEMLIMIT: '384MiB' };
const ARGUMENTS = ['-b', '--noEmit', '--singleThreaded', '--pretty', 'false'];

const MAX_REPORT = 1024 * 1024;

export interface TscRun {
  /** The words that start it: `tsc`, and what shuts it in before that. */
  readonly command: readonly string[];
  readonly dir: string;
  readonly timeoutMs: number;
}

/**
 * Checks the projects that `dir/tsconfig.json` refers to. The child reads hostile text: it has no environment, is killed at
 * the deadline (it takes no notice of SIGTERM) and says at most 1 MB.
 */
export function runTsc({ command, dir, timeoutMs }: TscRun): Promise<TscEnd> {
  const child = spawn('/bin/sh', ['-c', BOUNDS, 'sh', ...command, ...ARGUMENTS], {
    cwd: dir,
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  process.once('exit', kill);
  return new Promise((resolve) => {
    let report = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      report += text;
      if (report.length > MAX_REPORT) kill();
    });
    const end = (code: number | null): void => {
      clearTimeout(timer);
      process.off('exit', kill);
      if (late) resolve({ lost: 'time' });
      else if (code === 0 || report !== '') resolve({ report });
      else resolve({ lost: 'fault' });
    };
    child.once('error', () => end(null));
    child.once('close', end);
  });
}
