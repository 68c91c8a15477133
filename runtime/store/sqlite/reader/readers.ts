import { Tally } from '../../../../sandbox/tally.ts';
import { Turnstile } from '../../../../sandbox/turnstile.ts';
import { deepFreeze } from '../../../deep-freeze.ts';
import { storeClosed } from '../store-closed.ts';
import type { Ask } from './long-reads.ts';
import { errorFrom } from './reader-messages.ts';
import { createReaderProcess, type ReaderProcessOptions } from './reader-process.ts';
import { lostAnswer, nobodyWaits, overLimit, tooBusy } from './refusals.ts';

export interface ReadersOptions
  extends Pick<ReaderProcessOptions, 'spawn'>,
    Partial<Omit<ReaderProcessOptions, 'spawn'>> {
  /** For a query whose terms do not say. */
  readonly timeoutMs?: number;
  /** Told to the operator. */
  readonly report?: (message: string) => void;
}

export interface Readers {
  /**
   * Carries out a read in a child. Rejects with what the read threw, or an `AppError`: `query_limit` (422) past its time
   * or memory, `reader_busy` (503) when too much is waiting, `reader_lost` (500) when children keep ending, `given_up` (499)
   * when the signal was aborted, `store_closed` (503).
   */
  readonly ask: Ask;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
}

/** One slow query leaves the other child to the other callers. */
const PROCESSES = 2;
const MOST_OF_CALLER = 1;
const MOST_WAITING = 512;
const MOST_WAITING_OF_CALLER = 128;
const MOST_WAIT_MS = 60_000;
const TRIES = 2;
const MB = 1024 ** 2;

/** Reads in up to two children, one query of a caller at a time and callers in turn. */
export function createReaders(options: ReadersOptions): Readers {
  const { spawn, memoryBytes = 768 * MB, idleMs = 60_000, timeoutMs = 10_000, report = () => {} } = options;
  const processes = Array.from({ length: PROCESSES }, () =>
    createReaderProcess({ spawn, memoryBytes, idleMs }),
  );
  const free = [...processes];
  const turnstile = new Turnstile(MOST_OF_CALLER, PROCESSES);
  /** By caller, how many queries were asked for and have not ended. */
  const asked = new Tally();
  const running = new Set<Promise<unknown>>();
  let stopped = false;

  const isFull = (caller: string): boolean =>
    running.size >= MOST_WAITING + PROCESSES || asked.of(caller) >= MOST_WAITING_OF_CALLER + MOST_OF_CALLER;

  /** Gives the function that ends the turn. */
  function turn(caller: string, signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      };
      const refuse = (error: Error): void => {
        settle();
        leave();
        reject(error);
      };
      const giveUp = (): void => refuse(nobodyWaits());
      const timer = setTimeout(() => refuse(tooBusy()), MOST_WAIT_MS);
      signal?.addEventListener('abort', giveUp);
      const leave = turnstile.enter(caller, () => {
        settle();
        resolve(() => leave());
      });
    });
  }

  const run: Ask = async (verb, args, terms) => {
    const process = free.pop();
    if (process === undefined) throw new Error('A query was let in without a reader for it.');
    const query = { verb, args, timeoutMs: terms.timeoutMs ?? timeoutMs, signal: terms.signal };
    try {
      for (let tries = 1; ; tries += 1) {
        if (stopped) throw storeClosed();
        const end = await process.run(query);
        if (end.kind === 'value') return deepFreeze(end.value);
        if (end.kind === 'thrown') throw errorFrom(end.error);
        if (end.kind === 'left') throw nobodyWaits();
        if (end.kind === 'limit') throw overLimit(end.limit, query.timeoutMs, memoryBytes);
        if (stopped) throw storeClosed();
        report(`A process that reads the database was lost during ${verb}: ${end.reason}.`);
        if (tries === TRIES) throw lostAnswer(end.reason);
      }
    } finally {
      // The one used last is warm.
      free.push(process);
    }
  };

  const inTurn: Ask = async (verb, args, terms) => {
    const { caller = '', signal } = terms;
    asked.add(caller, 1);
    let leave = (): void => {};
    try {
      leave = await turn(caller, signal);
      return await run(verb, args, terms);
    } finally {
      asked.add(caller, -1);
      leave();
    }
  };

  return {
    async ask(verb, args, terms) {
      if (stopped) throw storeClosed();
      if (terms.signal?.aborted) throw nobodyWaits();
      if (isFull(terms.caller ?? '')) throw tooBusy();
      const result = inTurn(verb, args, terms);
      const ended = result.finally(() => running.delete(result));
      running.add(result);
      return unlessLeft(ended, terms.signal);
    },
    async stop() {
      stopped = true;
      await Promise.all(processes.map((process) => process.stop()));
      await Promise.allSettled(running);
    },
  };
}

/** Rejects as soon as the signal is aborted, whatever becomes of `answer`. */
function unlessLeft(answer: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(nobodyWaits());
    signal?.addEventListener('abort', leave);
    answer.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
  });
}
