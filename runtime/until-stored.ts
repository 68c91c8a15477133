import type { Clock } from './clock.ts';
import { isStoreUnavailable } from './store/store-unavailable.ts';

/** Between tries, in milliseconds; doubled at each one. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

export interface UntilStoredDeps {
  readonly clock: Pick<Clock, 'after'>;
  /** Aborted when there is no time left: then the next failure is the last one. */
  readonly givenUp: AbortSignal;
}

/** Writes what must not be lost: again and again while the store cannot be used. Rejects as `write` does for every other reason. */
export async function untilStored<Value>(
  { clock, givenUp }: UntilStoredDeps,
  write: () => Promise<Value>,
): Promise<Value> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      if (givenUp.aborted || !isStoreUnavailable(error)) throw error;
    }
    await slept(clock, pause, givenUp);
  }
}

function slept(clock: Pick<Clock, 'after'>, ms: number, woken: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stopTimer();
      woken.removeEventListener('abort', end);
      resolve();
    };
    const stopTimer = clock.after(ms, end);
    woken.addEventListener('abort', end);
  });
}
