import { messageOf } from '../sandbox/message-of.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { Places } from './places.ts';
import { type QueuedRunDeps, runQueued } from './queued-run.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import { Trouble } from './trouble.ts';
import { untilStored } from './until-stored.ts';
import type { Waiting } from './waiting.ts';

/** Queued jobs that run beside each other in this process; those of one project get half of it at most. */
const MOST_AT_ONCE = 128;
/** Jobs that have run and are being stored, whose places others may have meanwhile. */
const MOST_ENDING = 128;
/** Looked for at least this often, though whoever queues a job wakes the worker. */
const LONGEST_SLEEP_MS = 60_000;
/** Where the store is shared: another process may have put a job back, or queued one while its news was lost. */
const LONGEST_SHARED_SLEEP_MS = 5_000;
/** When the next due job belongs to a task or a project that is full, or after an error. */
const SHORT_SLEEP_MS = 1000;
/** After a claim from a store that is shared: under load the next claim comes sooner, and nobody need be asked when to look. */
const LOOK_LATER_MS = 25;

export interface WorkerDeps extends Omit<QueuedRunDeps, 'store' | 'crashed'> {
  readonly store: QueuedRunDeps['store'] &
    Pick<Store, 'claimJobs' | 'isShared' | 'nextJobAt' | 'takeBackStrays'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Told to the operator. */
  report(message: string): void;
}

/**
 * Takes queued jobs that are due and runs them, as many at once as tasks, projects and this process allow.
 *
 *     asleep -> (woken, a place is free, or a job falls due) -> claiming until nothing is due or all places are taken -> asleep
 *
 * A job leaves its place when it has run, so that the next ones run while its end is being stored.
 */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #places: Places;
  readonly #trouble: Trouble;
  readonly #held = new Map<string, JobRow>();
  readonly #runDeps: QueuedRunDeps;
  #claiming: Promise<void> | undefined;
  #planning: Promise<void> = Promise.resolve();
  #ending = 0;
  #woken = false;
  /** There is a place that no claim has seen. */
  #freed = false;
  /** When a claim was begun whose answer was lost: what it took is run by nobody. */
  #lostAt: number | undefined;
  #stopped = false;
  #stopTimer = () => {};

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
    this.#runDeps = { ...deps, store: patient(deps), crashed: new Set() };
    this.#places = new Places(deps.catalog, MOST_AT_ONCE);
  }

  /** Ids of the jobs that were claimed, until what became of them is on disk. */
  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** The same, as they were claimed. */
  get claims(): readonly JobRow[] {
    return [...this.#held.values()];
  }

  /** There may be a job that is due. */
  wake(): void {
    this.#woken = true;
    this.#go();
  }

  /** Claims nothing more; what runs goes on. Resolves when no claim is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#claiming;
    await this.#planning;
  }

  get #hasReason(): boolean {
    return (this.#woken || this.#freed) && !this.#stopped;
  }

  #go(): void {
    if (this.#claiming !== undefined || !this.#hasReason) return;
    this.#stopTimer();
    this.#claiming = this.#claim().then((plan) => {
      this.#claiming = undefined;
      if (this.#hasReason) this.#go();
      else if (!this.#stopped) plan();
    });
  }

  /** Gives what finds out until when to sleep. Never rejects. */
  async #claim(): Promise<() => void> {
    let [at, claimed] = [0, 0];
    try {
      while (this.#hasReason) {
        this.#woken = false;
        if (this.#lostAt !== undefined) await this.#takeBackLost(this.#lostAt);
        at = this.#deps.clock.now();
        claimed += await this.#claimDue(at);
      }
      const plan = (): void => {
        this.#planning = this.#planNext(at);
      };
      return claimed > 0 && this.#deps.store.isShared ? () => this.#after(LOOK_LATER_MS, plan) : plan;
    } catch (error) {
      this.#lostAt = Math.max(at, this.#lostAt ?? 0);
      this.#trouble.failed('Queued jobs cannot be claimed', error);
      return () => this.#after(SHORT_SLEEP_MS, () => this.wake());
    }
  }

  /** A claim that comes to the store only after this leaves strays, which are found with the renewals of leases. */
  async #takeBackLost(claimedAt: number): Promise<void> {
    const { store, clock, running } = this.#deps;
    const held = [...this.held, ...running.ids];
    await store.takeBackStrays({ held, startedBefore: claimedAt + 1, now: clock.now() });
    this.#lostAt = undefined;
  }

  #after(ms: number, action: () => void): void {
    this.#stopTimer();
    this.#stopTimer = this.#deps.clock.after(ms, action);
  }

  /** Resolves with the number of jobs that it started. */
  async #claimDue(now: number): Promise<number> {
    const { store, leaseMs } = this.#deps;
    // Asked for when the claim is committed: what has ended by then is free.
    const places = () => {
      this.#freed = false;
      return this.#places.copy();
    };
    if (places().left === 0) return 0;
    const { jobs, more, lost } = await store.claimJobs({ now, leaseUntil: now + leaseMs, places });
    if (more) this.#woken = true;
    if (lost) this.#lostAt = now;
    // One that it was claimed for before may still run here, and does not count any more.
    const back = jobs.filter(({ id }) => this.#stopped || this.#held.has(id));
    for (const job of jobs) if (!back.includes(job)) void this.#run(job);
    for (const job of back) {
      const runAt = this.#stopped ? job.run_at : Math.max(job.run_at, now + SHORT_SLEEP_MS);
      // What cannot be given back now is a stray from then on.
      await store.requeueJob({ job, runAt, uncounted: true, logs: [] });
    }
    return jobs.length - back.length;
  }

  /** Sleeps until the next job falls due, unless there is a claim meanwhile. Never rejects. */
  async #planNext(claimedAt: number): Promise<void> {
    try {
      const until = await this.#wakeAt(claimedAt);
      this.#trouble.went();
      if (this.#claiming === undefined && !this.#stopped)
        this.#after(until - this.#deps.clock.now(), () => this.wake());
    } catch (error) {
      this.#trouble.failed('Queued jobs cannot be claimed', error);
      if (this.#claiming === undefined && !this.#stopped) this.#after(SHORT_SLEEP_MS, () => this.wake());
    }
  }

  /** `claimedAt`: what was due by then and is still there belongs to a task or a project that is full. */
  async #wakeAt(claimedAt: number): Promise<number> {
    const { store, clock } = this.#deps;
    const next = this.#places.left > 0 ? await store.nextJobAt() : null;
    const now = clock.now();
    const latest = now + (store.isShared ? LONGEST_SHARED_SLEEP_MS : LONGEST_SLEEP_MS);
    if (next === null) return latest;
    return next > claimedAt ? Math.min(next, latest) : now + SHORT_SLEEP_MS;
  }

  async #run(job: JobRow): Promise<void> {
    this.#places.take(job);
    this.#held.set(job.id, job);
    let isEnding = false;
    const ran = (): void => {
      if (this.#ending === MOST_ENDING) return;
      isEnding = true;
      this.#ending += 1;
      this.#leave(job);
    };
    try {
      const counts = await runQueued(this.#runDeps, job, ran);
      if (!counts && !this.#isDeleted(job)) this.#deps.report(lostJob(job));
    } catch (error) {
      this.#deps.report(`What became of job ${job.id} could not be stored: ${messageOf(error)}`);
    }
    if (isEnding) this.#ending -= 1;
    else this.#leave(job);
    this.#held.delete(job.id);
    this.#places.free(job);
    this.#deps.waiting.notify(job.id);
    this.#claimAgain();
  }

  #leave(job: JobRow): void {
    this.#places.leave(job);
    this.#claimAgain();
  }

  #claimAgain(): void {
    this.#freed = true;
    this.#go();
  }

  /** Its rows went with its project. */
  #isDeleted(job: JobRow): boolean {
    return this.#deps.catalog.get(job.project)?.project.id !== job.project_id;
  }
}

/** What an attempt has done is not thrown away because its sub-jobs cannot be counted at the moment. */
const patient = (deps: WorkerDeps): WorkerDeps['store'] => ({
  ...deps.store,
  countSubJobs: (projectId, most) => untilStored(deps, () => deps.store.countSubJobs(projectId, most)),
});

const lostJob = ({ id, attempt }: JobRow): string =>
  `How attempt ${attempt} of job ${id} ended was not stored: this process does not hold the job any more. Its lease had ended, or the answer of the database was lost; the job runs again unless it has ended.`;
