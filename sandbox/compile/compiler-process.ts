import type { ChildProcess } from 'node:child_process';
import { killGroup } from '../process-group.ts';
import type { CompileRequest, CompileResult } from '../types.ts';
import type { CompileAnswer, CompileMessage } from './child-messages.ts';
import { aboutFile, refused } from './diagnostics.ts';
import { memoryOf } from './memory-of.ts';

/*
 * The compiler reads hostile text, so it is a child that may be lost at any time.
 *
 *     none --compile--> busy --answer--> idle --compile--> busy
 *                       busy --time or memory is over, child ends, esbuild gives up--> none (killed), the compile is refused
 *                       idle --unused for a while, or child ends--> none
 *
 * `stop` kills the child in any state.
 */

export interface CompilerOptions {
  /** Starts a child of the role `compiler` with an IPC channel. */
  readonly spawn: () => ChildProcess;
  /** For one compile, from when it is sent. */
  readonly timeoutMs?: number;
  /** What the child and its esbuild may have in memory together, where the system tells. */
  readonly memoryBytes?: number;
  /** How long a child is kept that has nothing to do. */
  readonly idleMs?: number;
}

export interface CompilerProcess {
  /** To be called again only when the last one has ended. Refusals are values; rejects when the child cannot be started. */
  compile(request: CompileRequest): Promise<CompileResult>;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process has gone, or could not be started. */
  readonly gone: Promise<void>;
}

interface Bounds {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

/** How one compile ended: with an answer, or with the reason why there is none. */
type End = CompileAnswer | { readonly lost: string };

const WATCH_MS = 50;
const MB = 1024 ** 2;

/** Starts its child at the first compile. Times are in milliseconds. */
export function createCompilerProcess(options: CompilerOptions): CompilerProcess {
  const { spawn, timeoutMs = 20_000, memoryBytes = 1024 * MB, idleMs = 5_000 } = options;
  let child: Child | undefined;
  let idle: NodeJS.Timeout | undefined;

  async function discard(): Promise<void> {
    clearTimeout(idle);
    const discarded = child;
    child = undefined;
    if (discarded === undefined) return;
    discarded.process.ref();
    if (discarded.process.pid !== undefined) killGroup(discarded.process.pid);
    await discarded.gone;
  }

  function start(): Child {
    const started = startChild(spawn);
    started.gone.then(() => {
      if (child === started) child = undefined;
    });
    return started;
  }

  return {
    async compile(request) {
      clearTimeout(idle);
      child ??= start();
      const end = await ask(child, request, { timeoutMs, memoryBytes });
      if ('result' in end) {
        idle = setTimeout(discard, idleMs).unref();
        return end.result;
      }
      await discard();
      return lostCompile(request, 'lost' in end ? end.lost : gaveUp(end.failed, memoryBytes));
    },
    stop: discard,
  };
}

/** The child does not keep this process alive; a compile does, through its timer. */
function startChild(spawn: () => ChildProcess): Child {
  const process = spawn();
  const gone = new Promise<void>((resolve) => {
    process.once('exit', () => resolve());
    process.once('error', () => resolve());
  });
  process.unref();
  process.channel?.unref();
  return { process, gone };
}

function ask({ process, gone }: Child, request: CompileRequest, bounds: Bounds): Promise<End> {
  const { timeoutMs, memoryBytes } = bounds;
  return new Promise((resolve) => {
    const end = (how: End): void => {
      clearTimeout(timer);
      clearInterval(watch);
      process.off('message', onMessage);
      resolve(how);
    };
    const onMessage = (message: unknown): void =>
      end(isAnswer(message) ? message : { lost: 'The compiler sent what is no answer.' });
    const timer = setTimeout(
      () => end({ lost: `Compiling took longer than ${timeoutMs / 1000} s, which is its limit.` }),
      timeoutMs,
    );
    const watch = setInterval(() => {
      if (process.pid === undefined || memoryOf(process.pid) <= memoryBytes) return;
      end({ lost: `Compiling took more than ${memoryBytes / MB} MB of memory, which is its limit.` });
    }, WATCH_MS);
    process.on('message', onMessage);
    gone.then(() => end({ lost: gaveUp('it ended', memoryBytes) }));
    process.send({ request } satisfies CompileMessage, () => {});
  });
}

/** esbuild ends by itself when its stack or what the system lets it have is full; it does not say so to us. */
const gaveUp = (reason: string, memoryBytes: number): string =>
  `The compiler gave up on this code (${reason}), most likely for want of memory or stack: it may have ${memoryBytes / MB} MB.`;

function isAnswer(message: unknown): message is CompileAnswer {
  if (typeof message !== 'object' || message === null) return false;
  if ('failed' in message) return typeof message.failed === 'string';
  return 'result' in message && typeof message.result === 'object' && message.result !== null;
}

function lostCompile({ files }: CompileRequest, why: string): CompileResult {
  const names = Object.keys(files);
  const message = `${why} Code that is too large or too deeply nested does that: split up ${names.join(', ')}.`;
  return refused(aboutFile(names[0] ?? 'project.yaml', message));
}
