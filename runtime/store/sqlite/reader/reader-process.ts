import { memoryOf } from '../../../../sandbox/compile/memory-of.ts';
import type { StartedRunner } from '../../../../sandbox/supervisor/start-runner.ts';
import type { Frame } from '../../../../sandbox/wire/frames.ts';
import { queryFrame, type Sent, type ThrownError, valueIn } from './reader-messages.ts';
import { type StartedReader, startedReader } from './started-reader.ts';

/*
 * SQLite cannot be interrupted from the thread that runs it, so a query runs in a child that may be killed at any time.
 *
 *     none --query--> starting --ready--> busy --answer--> idle --query--> busy
 *                     starting --time is over, child ends or cannot open the file--> none (lost)
 *                     busy --time or memory is over, child ends, nobody waits any more--> none (killed)
 *                     idle --unused for a while, or child ends--> none
 *
 * `stop` kills the child in any state.
 */

export interface ReaderProcessOptions {
  /** Starts a child of the role `reader`. */
  readonly spawn: () => StartedRunner;
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
  /** To be called again only when the last one has ended. Rejects for arguments that are no plain values. */
  run(query: Query): Promise<QueryEnd>;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

const WATCH_MS = 50;
/** Most queries end by themselves before their caller's leaving would be worth a new child. */
const LAST_MS = 250;

/** Starts its child at the first query. Times are in milliseconds. */
export function createReaderProcess({ spawn, memoryBytes, idleMs }: ReaderProcessOptions): ReaderProcess {
  let child: StartedReader | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;

  async function discard(): Promise<void> {
    clearTimeout(idle);
    const discarded = child;
    child = undefined;
    await discarded?.kill();
  }

  function start(): StartedReader {
    const started = startedReader(spawn());
    started.gone.then(() => {
      if (child === started) child = undefined;
    });
    return started;
  }

  async function ask(query: Query): Promise<QueryEnd> {
    count += 1;
    const id = count;
    const sent = queryFrame(id, query.verb, query.args);
    child ??= start();
    const asked = child;
    const problem = await asked.problem;
    if (problem !== undefined) return { kind: 'lost', reason: problem };
    if (query.signal?.aborted) return { kind: 'left', sent: false };
    const end = await exchange(asked, sent, query, memoryBytes);
    return 'head' in end ? endIn(end, id) : end;
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

const NO_ANSWER: QueryEnd = Object.freeze({ kind: 'lost', reason: 'it sent what is no answer' });

/** Sends a query and waits for what comes first: a frame, or a reason not to wait any longer. */
function exchange(
  child: StartedReader,
  sent: Sent,
  { timeoutMs, signal }: Query,
  memoryBytes: number,
): Promise<Frame | QueryEnd> {
  return new Promise((resolve) => {
    const end = (how: Frame | QueryEnd): void => {
      clearTimeout(timer);
      clearTimeout(last);
      clearInterval(watch);
      signal?.removeEventListener('abort', leave);
      resolve(how);
    };
    const leave = (): void => {
      last = setTimeout(() => end({ kind: 'left', sent: true }), LAST_MS);
    };
    const timer = setTimeout(() => end({ kind: 'limit', limit: 'time' }), timeoutMs);
    let last: NodeJS.Timeout | undefined;
    const watch = setInterval(() => {
      const isOver = child.pid !== undefined && memoryOf(child.pid) > memoryBytes;
      if (isOver) end({ kind: 'limit', limit: 'memory' });
    }, WATCH_MS);
    signal?.addEventListener('abort', leave);
    child.next().then((frame) => end(frame ?? NO_ANSWER));
    child.gone.then(() =>
      end(child.aboutMemory ? { kind: 'limit', limit: 'memory' } : { kind: 'lost', reason: 'it ended' }),
    );
    child.send(sent);
  });
}

function endIn(frame: Frame, id: number): QueryEnd {
  const [kind, of] = frame.head;
  if (of !== id || (kind !== 'value' && kind !== 'error')) return NO_ANSWER;
  try {
    const value = valueIn(frame);
    return kind === 'value' ? { kind: 'value', value } : { kind: 'thrown', error: value as ThrownError };
  } catch {
    return NO_ANSWER;
  }
}
