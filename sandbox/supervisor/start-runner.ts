import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { type Duplex, PassThrough, type Readable } from 'node:stream';
import type { ChildCommand } from '../child-command.ts';

/** The server comes first: while it has no processor, nobody is answered. */
const NICENESS = 5;

export interface StartedRunner {
  readonly child: ChildProcess;
  /** What it writes to its standard error. */
  readonly words: Readable;
  readonly pipe: Duplex;
}

/** Never throws: of a child that could not be started `error` is emitted, as of any other. */
export function startRunner({ command, args }: ChildCommand, recording: number | 'ignore'): StartedRunner {
  const stdio = ['ignore', 'ignore', 'pipe', 'pipe', recording] as const;
  // The first of a group: what was put in front of it may have started others.
  const child = spawn(command, args, { env: {}, cwd: '/', stdio: [...stdio], detached: true });
  if (child.pid !== undefined) lowerPriority(child.pid);
  // There are no pipes at all when this process has no file left to open: a caller can bring that about by connecting often.
  const made: ChildProcess['stdio'] | undefined = child.stdio;
  return {
    child,
    words: (made?.[2] as Readable | undefined) ?? closed(),
    pipe: (made?.[3] as Duplex | undefined) ?? closed(),
  };
}

const closed = (): Duplex => new PassThrough().destroy();

/** Threads that it starts later have it as well. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // The process is gone already, or the system does not allow it: it works without.
  }
}
