import type { ChildProcess } from 'node:child_process';
import type { CompileRequest, CompileResult } from '../types.ts';
import type { CompileAnswer, CompileMessage } from './child-messages.ts';
import { aboutFile, refused } from './diagnostics.ts';
import { killGroup } from './process-group.ts';

/*
 * The compiler reads hostile text, so it is a child that may be lost at any time.
 *
 *     none --compile--> busy --answer--> idle --compile--> busy
 *                       busy --time is over, child ends, esbuild gives up--> none (killed), the compile is refused
 *                       idle --unused for a while, or child ends--> none
 *
 * One compile at a time; the others wait. `stop` kills the child in any state and refuses what waits.
 */

export interface CompilerOptions {
  /** Starts a child of the role `compiler` with an IPC channel. */
  readonly spawn: () => ChildProcess;
  /** For one compile, from when it is sent. */
  readonly timeoutMs?: number;
  /** How long a child is kept that has nothing to do. */
  readonly idleMs?: number;
}

export interface Compiler {
  /** Refusals are values; rejects only after `stop`. */
  compile(request: CompileRequest): Promise<CompileResult>;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process has gone, or could not be started. */
  readonly gone: Promise<void>;
}

/** How one compile ended: with an answer, or with the reason why there is none. */
type End = CompileAnswer | { readonly lost: string };

/** A compiler that starts its child at the first compile. Times are in milliseconds. */
export function createCompiler(options: CompilerOptions): Compiler {
  const { spawn, timeoutMs = 20_000, idleMs = 5_000 } = options;
  let child: Child | undefined;
  let idle: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let stopped = false;

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

  async function run(request: CompileRequest): Promise<CompileResult> {
    if (stopped) throw new Error('The compiler has been stopped.');
    clearTimeout(idle);
    child ??= start();
    const end = await ask(child, request, timeoutMs);
    if ('result' in end) {
      idle = setTimeout(discard, idleMs).unref();
      return end.result;
    }
    await discard();
    if (stopped) throw new Error('The compiler has been stopped.');
    return lostCompile(request, 'lost' in end ? end.lost : `The compiler failed: ${end.failed}.`);
  }

  return {
    compile(request) {
      const result = queue.then(() => run(request));
      queue = result.catch(() => {});
      return result;
    },
    async stop() {
      stopped = true;
      await discard();
      await queue;
    },
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

function ask({ process, gone }: Child, request: CompileRequest, timeoutMs: number): Promise<End> {
  return new Promise((resolve) => {
    const end = (how: End): void => {
      clearTimeout(timer);
      process.off('message', onMessage);
      resolve(how);
    };
    const onMessage = (message: unknown): void =>
      end(isAnswer(message) ? message : { lost: 'The compiler sent what is no answer.' });
    const timer = setTimeout(
      () => end({ lost: `Compiling took longer than ${timeoutMs / 1000} s, which is its limit.` }),
      timeoutMs,
    );
    process.on('message', onMessage);
    gone.then(() => end({ lost: 'The compiler ended while it read this code.' }));
    process.send({ request } satisfies CompileMessage, () => {});
  });
}

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
