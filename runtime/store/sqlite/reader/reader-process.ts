import type { ChildProcess } from 'node:child_process';
import { memoryOf } from '../../../../sandbox/compile/memory-of.ts';
import { killGroup } from '../../../../sandbox/process-group.ts';
import type { ReaderMessage, ReadRequest, ThrownError } from './reader-messages.ts';

/*
 * SQLite cannot be interrupted from the thread that runs it, so a query runs in a child that may be killed at any time.
 *
 *     none --read--> starting --ready--> busy --answer--> idle --read--> busy
 *                    starting --time is over, child ends or cannot open the file--> none (lost)
 *                    busy --time or memory is over, child ends, nobody waits any more--> none (killed)
 *                    idle --unused for a while, or child ends--> none
 *
 * `stop` kills the child in any state.
 */

export interface ReaderProcessOptions {
  /** Starts a child of the role `reader`, with an IPC channel that carries structured clones. */
  readonly spawn: () => ChildProcess;
  /** What a child may have in memory, where the system tells. */
  readonly memoryBytes: number;
  /** How long a child is kept that has nothing to do. */
  readonly idleMs: number;
}

export interface Query {
  readonly verb: string;
  readonly args: readonly unknown[];
  /** From when it is sent to a child that is ready. */
  readonly timeoutMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal | undefined;
}

/**
 * How a query ended. `limit`: it was killed; `left`: nobody waited for it any more, whether it was killed or never sent; `lost`: the
 * child is at fault.
 */
export type QueryEnd =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly error: ThrownError }
  | { readonly kind: 'limit'; readonly limit: 'time' | 'memory' }
  | { readonly kind: 'left'; readonly sent: boolean }
  | { readonly kind: 'lost'; readonly reason: string };

export interface ReaderProcess {
  /** To be called again only when the last one has ended. */
  run(query: Query): Promise<QueryEnd>;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process has gone, or could not be started. */
  readonly gone: Promise<void>;
  /** Undefined: it is ready. Else why it is not. */
  readonly problem: Promise<string | undefined>;
}

const START_MS = 20_000;
const WATCH_MS = 50;
/** Most queries end by themselves before their caller's leaving would be worth a new child. */
const LAST_MS = 250;

/** Starts its child at the first query. Times are in milliseconds. */
export function createReaderProcess({ spawn, memoryBytes, idleMs }: ReaderProcessOptions): ReaderProcess {
  let child: Child | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;

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

  async function ask(query: Query): Promise<QueryEnd> {
    child ??= start();
    const asked = child;
    const problem = await asked.problem;
    if (problem !== undefined) return { kind: 'lost', reason: problem };
    if (query.signal?.aborted) return { kind: 'left', sent: false };
    count += 1;
    return exchange(asked, [count, query.verb, query.args], query, memoryBytes);
  }

  return {
    async run(query) {
      clearTimeout(idle);
      const end = await ask(query);
      if (isAtRest(end)) idle = setTimeout(discard, idleMs).unref();
      else await discard();
      return end;
    },
    stop: discard,
  };
}

/** Whether the child that ran a query can run another. */
const isAtRest = (end: QueryEnd): boolean =>
  end.kind === 'value' || end.kind === 'thrown' || (end.kind === 'left' && !end.sent);

/** The child does not keep this process alive; a query does, through its timer. */
function startChild(spawn: () => ChildProcess): Child {
  const process = spawn();
  const gone = new Promise<void>((resolve) => {
    process.once('exit', () => resolve());
    process.on('error', () => resolve());
  });
  process.unref();
  process.channel?.unref();
  return { process, gone, problem: problemOf(process, gone) };
}

function problemOf(process: ChildProcess, gone: Promise<void>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    const timer = setTimeout(() => end(`it was not ready after ${START_MS / 1000} s`), START_MS);
    process.once('message', (message) => end(problemIn(message as ReaderMessage)));
    gone.then(() => end('it ended before it was ready'));
  });
}

function problemIn(message: ReaderMessage): string | undefined {
  if ('ready' in message) return undefined;
  return 'failed' in message ? message.failed : 'it sent an answer before it was asked';
}

function exchange(
  { process, gone }: Child,
  request: ReadRequest,
  { timeoutMs, signal }: Query,
  memoryBytes: number,
): Promise<QueryEnd> {
  return new Promise((resolve) => {
    // Throws for arguments that are no plain values, before anything is set up.
    process.send(request, () => {});
    const end = (how: QueryEnd): void => {
      clearTimeout(timer);
      clearTimeout(last);
      clearInterval(watch);
      process.off('message', onMessage);
      signal?.removeEventListener('abort', leave);
      resolve(how);
    };
    const onMessage = (message: unknown): void => end(endFrom(message, request[0]));
    const leave = (): void => {
      last = setTimeout(() => end({ kind: 'left', sent: true }), LAST_MS);
    };
    const timer = setTimeout(() => end({ kind: 'limit', limit: 'time' }), timeoutMs);
    let last: NodeJS.Timeout | undefined;
    const watch = setInterval(() => {
      const isOver = process.pid !== undefined && memoryOf(process.pid) > memoryBytes;
      if (isOver) end({ kind: 'limit', limit: 'memory' });
    }, WATCH_MS);
    signal?.addEventListener('abort', leave);
    process.on('message', onMessage);
    gone.then(() => end({ kind: 'lost', reason: 'it ended' }));
  });
}

function endFrom(message: unknown, id: number): QueryEnd {
  const answer = message as ReaderMessage | null;
  if (typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === id) {
    if ('error' in answer) return { kind: 'thrown', error: answer.error };
    return { kind: 'value', value: answer.value };
  }
  return { kind: 'lost', reason: 'it sent what is no answer' };
}
