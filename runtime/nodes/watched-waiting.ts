import type { Clock } from '../clock.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import type { Waiting } from '../waiting.ts';

/** Who waits for a job of another process looks so often. */
const LOOK_EVERY_MS = 250;

export interface WatchedWaitingDeps {
  readonly waiting: Waiting;
  readonly store: Pick<Store, 'getJob'>;
  readonly clock: Clock;
}

/** Waiting for jobs wherever they run: told of those of this process, and looking for the others. */
export function watchedWaiting({ waiting, store, clock }: WatchedWaitingDeps): Waiting {
  function watch(jobId: string, isOver: () => boolean): void {
    clock.after(LOOK_EVERY_MS, async () => {
      if (isOver()) return;
      // While the store cannot be used nothing is known; the next look tells.
      const job = await store.getJob(jobId).catch(() => undefined);
      if (job !== undefined && hasRun(job)) waiting.notify(jobId);
      else watch(jobId, isOver);
    });
  }
  return {
    notify: waiting.notify,
    async wait(jobId, ms) {
      let over = false;
      const ended = waiting.wait(jobId, ms);
      if (ms > 0) watch(jobId, () => over);
      await ended;
      over = true;
    },
  };
}

/** Ended, or back in the queue. */
const hasRun = ({ finished_at, status, attempt }: JobRow): boolean =>
  finished_at !== null || (status === 'queued' && attempt > 0);
