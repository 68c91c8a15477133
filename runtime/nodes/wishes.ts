import { type CancelDeps, carryOut } from '../cancel-job.ts';
import type { WishStore } from '../store/wish-store.ts';
import { Trouble } from '../trouble.ts';

export interface WishesDeps extends Omit<CancelDeps, 'leaseMs' | 'tell' | 'store'> {
  readonly store: CancelDeps['store'] & Pick<WishStore, 'endWishes'>;
  /** Told to the operator. */
  report(message: string): void;
}

/**
 * Ends the jobs that somebody on another node wishes to end, as far as this process can. One look at a time. There may be wishes in a
 * store that is one process's own too: it may have been moved from nodes.
 */
export class Wishes {
  readonly #deps: WishesDeps;
  readonly #trouble: Trouble;
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(deps: WishesDeps) {
    this.#deps = deps;
    this.#trouble = new Trouble(deps.report);
  }

  /** Never rejects. Resolves when there is nothing more to look for. */
  look(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#run().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#again = false;
    await this.#looking;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        for (const wish of await this.#deps.store.endWishes()) await carryOut(this.#deps, wish);
        this.#trouble.went();
      } catch (error) {
        this.#trouble.failed('Jobs that people cancelled cannot be looked for', error);
      }
    }
  }
}
