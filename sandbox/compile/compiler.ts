import { Tally } from '../tally.ts';
import { Turnstile } from '../turnstile.ts';
import type { CompileRequest, CompileResult } from '../types.ts';
import { type CompilerOptions, createCompilerProcess } from './compiler-process.ts';

export type { CompilerOptions } from './compiler-process.ts';

export interface Compiler {
  /** `project` is whose turn it takes. Refusals are values; rejects only after `stop` or when no child can be started. */
  compile(request: CompileRequest, project?: string): Promise<CompileResult>;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

/** One slow compile leaves the other child to the other projects. */
const PROCESSES = 2;
const MOST_OF_PROJECT = 1;
/** A deploy that waits holds a request and up to 10 MB. */
const MOST_WAITING = 24;
const MOST_WAITING_OF_PROJECT = 4;

/**
 * Compiles in two children, one request of a project at a time and projects in turn. What comes when too much is waiting
 * already is refused as `busy`.
 */
export function createCompiler(options: CompilerOptions): Compiler {
  const processes = Array.from({ length: PROCESSES }, () => createCompilerProcess(options));
  const free = [...processes];
  const turnstile = new Turnstile(MOST_OF_PROJECT, PROCESSES);
  /** By project, how many compiles were asked for and have not ended. */
  const asked = new Tally();
  const running = new Set<Promise<unknown>>();
  let stopped = false;

  const isFull = (project: string): boolean =>
    running.size >= MOST_WAITING + PROCESSES ||
    asked.of(project) >= MOST_WAITING_OF_PROJECT + MOST_OF_PROJECT;

  async function run(request: CompileRequest): Promise<CompileResult> {
    const process = free.pop();
    if (stopped || process === undefined) throw new Error('The compiler has been stopped.');
    try {
      const result = await process.compile(request);
      if (stopped) throw new Error('The compiler has been stopped.');
      return result;
    } finally {
      // The one used last is warm.
      free.push(process);
    }
  }

  async function inTurn(request: CompileRequest, project: string): Promise<CompileResult> {
    asked.add(project, 1);
    let leave = (): void => {};
    try {
      await new Promise<void>((resolve) => {
        leave = turnstile.enter(project, resolve);
      });
      return await run(request);
    } finally {
      asked.add(project, -1);
      leave();
    }
  }

  return {
    async compile(request, project = '') {
      if (stopped) throw new Error('The compiler has been stopped.');
      if (isFull(project)) return BUSY;
      const result = inTurn(request, project);
      running.add(result);
      return result.finally(() => running.delete(result));
    },
    async stop() {
      stopped = true;
      await Promise.all(processes.map((process) => process.stop()));
      await Promise.allSettled(running);
    },
  };
}

const BUSY: CompileResult = Object.freeze({
  ok: false,
  busy: true,
  errors: [
    {
      file: 'project.yaml',
      line: 0,
      column: 0,
      message: 'Too many deploys are waiting to be compiled. Try again in a moment.',
    },
  ],
});
