import { messageOf } from '../sandbox/message-of.ts';
import type { Clock } from './clock.ts';
import type { Store } from './store/store.ts';

/** What a claim is worth unless it is renewed, in milliseconds: so long the jobs of a process that died wait for another. */
export const LEASE_MS = 60_000;
/** Two renewals may be late or fail. */
const RENEW_EVERY_MS = 20_000;

export interface LeasesDeps {
  readonly store: Pick<Store, 'renewLeases' | 'takeBackExpired'>;
  readonly clock: Clock;
  /** Told to the operator. */
  report(message: string): void;
  /** Tells the worker that there is something to do. */
  wake(): void;
}

/** Renews the leases of the jobs that this process runs, and gives back those that a process which is gone held. */
export class Leases {
  readonly #deps: LeasesDeps;
  #stopTimer = () => {};
  #renewing: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: LeasesDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#stopped) return;
    this.#stopTimer = this.#deps.clock.after(RENEW_EVERY_MS, () => {
      this.#renewing = this.#renew().then(() => this.start());
    });
  }

  /** Resolves when nothing is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    const { store, clock, report, wake } = this.#deps;
    const now = clock.now();
    try {
      const [given] = await Promise.all([store.takeBackExpired(now), store.renewLeases(now + LEASE_MS)]);
      if (given.length > 0) wake();
    } catch (error) {
      report(`The leases of running jobs cannot be renewed: ${messageOf(error)}`);
    }
  }
}
