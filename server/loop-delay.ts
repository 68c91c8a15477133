const EVERY_MS = 50;
/** Weight of the newest sample: one long turn is no overload, half a second of them is. */
const NEWEST = 0.25;

/** How late this process comes to its work. */
export interface LoopDelay {
  /** Milliseconds, over the last moments. */
  readonly ms: number;
  stop(): void;
}

/** Watches the event loop from now on. */
export function watchLoopDelay(): LoopDelay {
  let delay = 0;
  let due = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    delay += (Math.max(0, now - due) - delay) * NEWEST;
    due = now + EVERY_MS;
  }, EVERY_MS);
  timer.unref();
  return {
    get ms() {
      return delay;
    },
    stop: () => clearInterval(timer),
  };
}
