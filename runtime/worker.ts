import { messageOf } from '../sandbox/message-of.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { LEASE_MS } from './leases.ts';
import { Places } from './places.ts';
import { type QueuedRunDeps, runQueued } from './queued-run.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import type { Waiting } from './waiting.ts';

/** Queued jobs that run beside each other in this process; those of one project get half of it at most. */
const MOST_AT_ONCE = 128;
/** Looked for at least this often: another process may have put a job back. */
const LONGEST_SLEEP_MS = 60_000;
/** When the next due job belongs to a task or a project that is full, or after an error. */
const SHORT_SLEEP_MS = 1000;

export interface WorkerDeps extends Omit<QueuedRunDeps, 'store' | 'crashed'> {
  readonly store: QueuedRunDeps['store'] & Pick<Store, 'claimJobs' | 'nextJobAt'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Told to the operator. */
  report(message: string): void;
}

/**
 * Takes queued jobs that are due and runs them, as many at once as tasks, projects and this process allow.
 *
 *     asleep -> (woken, a job ended, or one falls due) -> claiming until nothing is due or all places are taken -> asleep
 */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #places: Places;
  readonly #runDeps: QueuedRunDeps;
  #claiming: Promise<void> | undefined;
  #woken = false;
  #stopped = false;
  #stopTimer = () => {};

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#runDeps = { ...deps, crashed: new Set() };
    this.#places = new Places(deps.catalog, MOST_AT_ONCE);
  }

  /** There may be a job that is due. */
  wake(): void {
    this.#woken = true;
    if (this.#claiming !== undefined || this.#stopped) return;
    this.#stopTimer();
    this.#claiming = this.#claim().then((sleepUntil) => {
      this.#claiming = undefined;
      const { clock } = this.#deps;
      if (this.#woken) this.wake();
      else if (!this.#stopped) this.#stopTimer = clock.after(sleepUntil - clock.now(), () => this.wake());
    });
  }

  /** Claims nothing more; what runs goes on. Resolves when no claim is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#claiming;
  }

  /** Returns until when to sleep. Never rejects. */
  async #claim(): Promise<number> {
    try {
      let at = 0;
      while (this.#woken && !this.#stopped) {
        this.#woken = false;
        at = this.#deps.clock.now();
        await this.#claimDue(at);
      }
      return this.#stopped ? 0 : await this.#nextLook(at);
    } catch (error) {
      this.#deps.report(`Queued jobs cannot be claimed: ${messageOf(error)}`);
      return this.#deps.clock.now() + SHORT_SLEEP_MS;
    }
  }

  async #claimDue(now: number): Promise<void> {
    const { store } = this.#deps;
    if (this.#places.left === 0) return;
    // Asked for when the claim is committed: what has ended by then is free.
    const places = () => this.#places.copy();
    for (const job of await store.claimJobs({ now, leaseUntil: now + LEASE_MS, places })) {
      if (!this.#stopped) void this.#run(job);
      else await store.requeueJob({ job, runAt: job.run_at, uncounted: true, logs: [] });
    }
  }

  /** `claimedAt`: what was due by then and is still there belongs to a task or a project that is full. */
  async #nextLook(claimedAt: number): Promise<number> {
    const { store, clock } = this.#deps;
    const next = this.#places.left > 0 ? await store.nextJobAt() : null;
    const now = clock.now();
    if (next === null) return now + LONGEST_SLEEP_MS;
    return next > claimedAt ? Math.min(next, now + LONGEST_SLEEP_MS) : now + SHORT_SLEEP_MS;
  }

  async #run(job: JobRow): Promise<void> {
    this.#places.take(job);
    try {
      const counts = await runQueued(this.#runDeps, job);
      if (!counts) this.#deps.report(lostJob(job));
    } catch (error) {
      this.#deps.report(`What became of job ${job.id} could not be stored: ${messageOf(error)}`);
    }
    this.#places.free(job);
    this.#deps.waiting.notify(job.id);
    this.wake();
  }
}

const lostJob = ({ id, attempt }: JobRow): string =>
  `How attempt ${attempt} of job ${id} ended was not stored: this process did not renew its lease in time, and another one has taken the job.`;
