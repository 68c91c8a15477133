import type { Clock } from './clock.ts';

/** People who wait for a job to end or to go back to the queue. */
export interface Waiting {
  /** Resolves at `notify(jobId)` or after `ms` milliseconds. */
  wait(jobId: string, ms: number): Promise<void>;
  notify(jobId: string): void;
}

/** Nobody waits yet. */
export function createWaiting(clock: Clock): Waiting {
  const waiters = new Map<string, Set<() => void>>();

  return {
    wait(jobId, ms) {
      if (ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const own = waiters.get(jobId) ?? new Set();
        waiters.set(jobId, own);
        const end = () => {
          stopTimer();
          own.delete(end);
          if (own.size === 0) waiters.delete(jobId);
          resolve();
        };
        const stopTimer = clock.after(ms, end);
        own.add(end);
      });
    },
    notify(jobId) {
      for (const end of [...(waiters.get(jobId) ?? [])]) end();
    },
  };
}
