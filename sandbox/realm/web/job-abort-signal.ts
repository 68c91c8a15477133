import { AbortSignal, abortSignal, makeSignal } from './abort.ts';
import { DOMException } from './dom-exception.ts';
import type { JobTimers } from './timers.ts';

/** At least 0 and whole, as the standard wants it. */
function delayOf(value: unknown): number {
  const ms = Math.trunc(Number(value));
  if (ms >= 0 && ms <= Number.MAX_SAFE_INTEGER) return ms;
  throw new TypeError('AbortSignal.timeout takes milliseconds');
}

/**
 * The `AbortSignal` that one job sees: the shared one with `timeout`, which runs on the job's own clock. It has the shared
 * prototype, so `instanceof` says the same with either.
 */
export function createJobAbortSignal(timers: JobTimers): object {
  const made = {
    AbortSignal: (): never => {
      throw new TypeError('Illegal constructor');
    },
  };
  return Object.assign(made.AbortSignal, {
    prototype: AbortSignal.prototype,
    abort: AbortSignal.abort,
    any: AbortSignal.any,
    timeout(delay: unknown): AbortSignal {
      const signal = makeSignal();
      timers.startTimer(delayOf(delay), () => {
        abortSignal(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
      });
      return signal;
    },
  });
}
