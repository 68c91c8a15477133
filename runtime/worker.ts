import { messageOf } from '../sandbox/message-of.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { LONGEST_JOB_MS } from './job-limits.ts';
import { Places } from './places.ts';
import { type QueuedRunDeps, runQueued } from './queued-run.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import type { Waiting } from './waiting.ts';

/** Queued jobs that run beside each other in this process; those of one project get half of it at most. */
const MOST_AT_ONCE = 64;
/** A claim outlives the longest job by this much. */
const LEASE_MARGIN_MS = 60_000;
/** Looked for at least this often: another process may have put a job back. */
const LONGEST_SLEEP_MS = 60_000;
/** When the next due job belongs to a task or a project that is full, or after an error. */
const SHORT_SLEEP_MS = 1000;

export interface WorkerDeps extends Omit<QueuedRunDeps, 'store' | 'crashed'> {
  readonly store: QueuedRunDeps['store'] & Pick<Store, 'claimJob' | 'nextJobAt'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Names this process in claims. */
  readonly holder: string;
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
  readonly #crashed = new Set<string>();
  #claiming: Promise<void> | undefined;
  #woken = false;
  #stopped = false;
  #stopTimer = () => {};

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
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
      while (this.#woken && !this.#stopped) {
        this.#woken = false;
        await this.#claimDue();
      }
      return this.#stopped ? 0 : await this.#nextLook();
    } catch (error) {
      this.#deps.report(`Queued jobs cannot be claimed: ${messageOf(error)}`);
      return this.#deps.clock.now() + SHORT_SLEEP_MS;
    }
  }

  async #claimDue(): Promise<void> {
    const { store, clock, holder } = this.#deps;
    while (this.#places.left > 0 && !this.#stopped) {
      const now = clock.now();
      const leaseUntil = now + LONGEST_JOB_MS + LEASE_MARGIN_MS;
      const taken = { full: this.#places.fullTasks(), held: this.#places.held() };
      const job = await store.claimJob({ holder, now, leaseUntil, ...taken });
      if (job === undefined) return;
      if (this.#stopped) await store.requeueJob(job.id, job.run_at, true);
      else void this.#run(job);
    }
  }

  async #nextLook(): Promise<number> {
    const { store, clock } = this.#deps;
    const next = this.#places.left > 0 ? await store.nextJobAt() : null;
    const now = clock.now();
    if (next === null) return now + LONGEST_SLEEP_MS;
    if (next > now) return Math.min(next, now + LONGEST_SLEEP_MS);
    const isFull = this.#places.fullTasks().length > 0 || this.#places.held().some(({ full }) => full);
    return isFull ? now + SHORT_SLEEP_MS : now;
  }

  async #run(job: JobRow): Promise<void> {
    this.#places.take(job);
    try {
      await runQueued({ ...this.#deps, crashed: this.#crashed }, job);
    } catch (error) {
      this.#deps.report(`What became of job ${job.id} could not be stored: ${messageOf(error)}`);
    }
    this.#places.free(job);
    this.#deps.waiting.notify(job.id);
    this.wake();
  }
}
