/** The clock of one job. Times in milliseconds. */
export interface JobTimers {
  /** Calls back once; the result names the timer. */
  startTimer(ms: number, callback: () => void): number;
  stopTimer(id: number): void;
}

type Callback = (...args: unknown[]) => unknown;

const LONGEST = 2 ** 31 - 1;

/** What is no time, or longer than a timer can wait, is the shortest time, as everywhere. */
function delayOf(value: unknown): number {
  const ms = Math.trunc(Number(value));
  return ms >= 1 && ms <= LONGEST ? ms : 1;
}

export function createTimers(timers: JobTimers): {
  readonly setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]) => number;
  readonly clearTimeout: (id?: unknown) => void;
} {
  return {
    setTimeout(callback, delay, ...args) {
      if (typeof callback !== 'function') throw new TypeError('setTimeout takes a function');
      return timers.startTimer(delayOf(delay), () => {
        Reflect.apply(callback as Callback, undefined, args);
      });
    },
    clearTimeout(id) {
      if (id !== undefined && id !== null) timers.stopTimer(Number(id));
    },
  };
}
