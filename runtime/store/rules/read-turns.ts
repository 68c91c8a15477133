import { Tally } from '../../../sandbox/tally.ts';
import { Turnstile } from '../../../sandbox/turnstile.ts';
import type { ReadTerms } from '../read-terms.ts';
import { nobodyWaits, tooBusy } from './read-refusals.ts';

export interface ReadTurns {
  /**
   * Runs a read when it is its turn. Rejects as soon as the terms' signal is aborted, whatever becomes of the read (`given_up`, 499), and
   * with `reader_busy` (503) when too many reads wait, or this one has waited too long.
   */
  take<Value>(terms: ReadTerms, run: () => Promise<Value>): Promise<Value>;
  /** Resolves when nothing is running or waiting. */
  ended(): Promise<void>;
}

/** One slow read leaves the others to the other callers. */
const MOST_OF_CALLER = 1;
const MOST_WAITING = 512;
const MOST_WAITING_OF_CALLER = 128;
const MOST_WAIT_MS = 60_000;

/** Up to `atOnce` reads at a time, one of each caller, and callers in turn. */
export function readTurns(atOnce: number): ReadTurns {
  const turnstile = new Turnstile(MOST_OF_CALLER, atOnce);
  /** By caller, how many reads were asked for and have not ended. */
  const asked = new Tally();
  const running = new Set<Promise<unknown>>();

  const isFull = (caller: string): boolean =>
    running.size >= MOST_WAITING + atOnce || asked.of(caller) >= MOST_WAITING_OF_CALLER + MOST_OF_CALLER;

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

  async function inTurn<Value>(
    { caller = '', signal }: ReadTerms,
    run: () => Promise<Value>,
  ): Promise<Value> {
    asked.add(caller, 1);
    let leave = (): void => {};
    try {
      leave = await turn(caller, signal);
      return await run();
    } finally {
      asked.add(caller, -1);
      leave();
    }
  }

  return {
    async take(terms, run) {
      if (terms.signal?.aborted) throw nobodyWaits();
      if (isFull(terms.caller ?? '')) throw tooBusy();
      const result = inTurn(terms, run);
      const ended = result.finally(() => running.delete(result));
      running.add(result);
      return unlessLeft(ended, terms.signal);
    },
    async ended() {
      await Promise.allSettled(running);
    },
  };
}

/** Rejects as soon as the signal is aborted, whatever becomes of `answer`. */
function unlessLeft<Value>(answer: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(nobodyWaits());
    signal?.addEventListener('abort', leave);
    answer.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
  });
}
