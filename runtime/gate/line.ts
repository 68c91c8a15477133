import type { RateSpec } from '../project/manifest.ts';

interface Waiter {
  readonly rates: readonly RateSpec[];
  go(): void;
  fail(error: Error): void;
}

/**
 * The line of requests to one place. Those with the same rates go in their order; all wait for the end of a pause.
 * Rates that are equal are one.
 */
export class Line {
  readonly #waiters = new Set<Waiter>();
  /** By rate, when the last requests began: as many as its limit, the oldest first. */
  readonly #begun = new Map<string, { readonly rate: RateSpec; readonly times: number[] }>();
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #clock: () => number;
  readonly #onIdle: () => void;

  /** `clock` is in milliseconds and only goes up. `onIdle` is called once nobody waits and nothing that began counts any more. */
  constructor(clock: () => number, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Milliseconds that somebody who comes now has to wait for their turn, when all who wait go before. */
  waitOf(rates: readonly RateSpec[]): number {
    const now = this.#clock();
    const open = Math.max(now, this.#pausedUntil);
    const starts = rates.map((rate) => {
      const times = this.#timesOf(rate);
      const position = times.length + this.#waiters.size;
      const rounds = Math.floor(position / rate.limit);
      return (times[position % rate.limit] ?? open) + rounds * rate.per;
    });
    return Math.max(open, ...starts) - now;
  }

  /** Resolves when it is the caller's turn. Rejects with the signal's reason, or with what `pause` gives. */
  async take(rates: readonly RateSpec[], signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { rates, go: resolve, fail: reject };
    const onAbort = () => {
      this.#waiters.delete(waiter);
      reject(signal.reason);
    };
    this.#waiters.add(waiter);
    signal.addEventListener('abort', onAbort);
    this.#pump();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Nobody goes for `ms`. With `error`, those who wait do not wait on but get it. */
  pause(ms: number, error: Error | null): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock() + ms);
    if (error !== null) {
      for (const { fail } of this.#waiters) fail(error);
      this.#waiters.clear();
    }
    this.#pump();
  }

  /** Lets go who may go, and comes again when the next one may. */
  #pump(): void {
    const now = this.#clock();
    const held = new Set<string>();
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      const keys = waiter.rates.map(keyOf);
      const at = Math.max(this.#pausedUntil, ...waiter.rates.map((rate) => this.#startOf(rate)));
      if (at <= now && !keys.some((key) => held.has(key))) this.#begin(waiter, now);
      else {
        next = Math.min(next, Math.max(at, now));
        for (const key of keys) held.add(key);
      }
    }
    clearTimeout(this.#timer);
    if (this.#waiters.size > 0) this.#timer = setTimeout(() => this.#pump(), Math.ceil(next - now));
    else this.#endWhenIdle(now);
  }

  #begin(waiter: Waiter, now: number): void {
    this.#waiters.delete(waiter);
    for (const rate of waiter.rates) {
      const times = this.#timesOf(rate);
      times.push(now);
      if (times.length > rate.limit) times.shift();
    }
    waiter.go();
  }

  #endWhenIdle(now: number): void {
    const ends = [...this.#begun.values()].map(({ rate, times }) => (times.at(-1) ?? now) + rate.per);
    const end = Math.max(now, this.#pausedUntil, ...ends);
    if (end <= now) return this.#onIdle();
    this.#timer = setTimeout(() => this.#pump(), Math.ceil(end - now)).unref();
  }

  /** When the next request of this rate may begin. */
  #startOf(rate: RateSpec): number {
    const times = this.#timesOf(rate);
    const [oldest] = times;
    return oldest === undefined || times.length < rate.limit ? Number.NEGATIVE_INFINITY : oldest + rate.per;
  }

  #timesOf(rate: RateSpec): number[] {
    const key = keyOf(rate);
    const begun = this.#begun.get(key) ?? { rate, times: [] };
    this.#begun.set(key, begun);
    return begun.times;
  }
}

const keyOf = ({ limit, per }: RateSpec): string => `${limit}/${per}`;
