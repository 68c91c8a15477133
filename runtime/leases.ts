import type { Clock } from './clock.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import { Trouble } from './trouble.ts';

/** What a claim is worth unless it is renewed, in milliseconds: so long the jobs of a process that died wait for another. */
export const LEASE_MS = 60_000;
/** Two renewals may be late or fail. */
const RENEWALS = 3;
/** After a renewal that failed, at most: the leases go on running out. */
const SHORT_PAUSE_MS = 200;

/** The answer to a claim comes sooner than this, in milliseconds, or nothing is started of it: its jobs are strays then. */
export const longestClaim = (leaseMs: number): number => leaseMs / 2;

export interface LeasesDeps {
  readonly store: Pick<Store, 'renewLeases' | 'takeBackExpired' | 'takeBackStrays' | 'lostClaims'>;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Ids of the jobs that this process knows to hold. */
  held(): readonly string[];
  /** Jobs that this process has claimed and not ended yet. */
  claims(): readonly Pick<JobRow, 'id' | 'started_at'>[];
  /** Ends what runs of a job that is not this process's any more. */
  end(id: string): void;
  /** Told to the operator. */
  report(message: string): void;
  /** Tells the worker that there is something to do. */
  wake(): void;
  /** Called after each renewal. */
  renewed(): void;
}

/**
 * Renews the leases of the jobs that this process runs, ends those that it has lost all the same, and gives back those that a process which
 * is gone held, or that this one holds without knowing it.
 */
export class Leases {
  readonly #deps: LeasesDeps;
  readonly #trouble: Trouble;
  #stopTimer = () => {};
  #renewing: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: LeasesDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
  }

  start(pause = this.#deps.leaseMs / RENEWALS): void {
    if (this.#stopped) return;
    this.#stopTimer = this.#deps.clock.after(pause, () => {
      this.#renewing = this.#renew().then((next) => this.start(next));
    });
  }

  /** Resolves when nothing is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#renewing;
  }

  /** Never rejects. Resolves with the pause after it. */
  async #renew(): Promise<number> {
    const { store, clock, leaseMs, held, report, wake, renewed } = this.#deps;
    const now = clock.now();
    try {
      const [expired, strays] = await Promise.all([
        store.takeBackExpired(now),
        store.takeBackStrays({ held: held(), startedBefore: now - longestClaim(leaseMs), now }),
        store.renewLeases(now + leaseMs),
      ]);
      await this.#endLost();
      this.#trouble.went();
      if (expired.length > 0) report(takenBack(expired.length));
      if (expired.length + strays.length > 0) wake();
      renewed();
      return leaseMs / RENEWALS;
    } catch (error) {
      this.#trouble.failed('The leases of running jobs cannot be renewed', error);
      return Math.min(SHORT_PAUSE_MS, leaseMs / RENEWALS);
    }
  }

  /** Others may run them by now: what they go on doing would be done twice, beside each other, and nobody could cancel it. */
  async #endLost(): Promise<void> {
    const { store, claims, end } = this.#deps;
    const own = claims();
    if (own.length === 0) return;
    for (const id of await store.lostClaims(own)) end(id);
  }
}

const takenBack = (jobs: number): string =>
  `${jobs === 1 ? 'A job was' : `${jobs} jobs were`} put back into the queue: the process that ran ${jobs === 1 ? 'it' : 'them'} is gone, or did not renew the lease in time.`;
