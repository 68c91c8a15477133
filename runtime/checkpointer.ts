import type { Clock } from './clock.ts';
import type { LedgerStore } from './store/ledger-store.ts';
import { Trouble } from './trouble.ts';

const EVERY_MS = 10 * 60_000;

/** Has a checkpoint of the ledger written every ten minutes, when there are rows that none covers. */
export class Checkpointer {
  readonly #store: Pick<LedgerStore, 'checkpointLedger'>;
  readonly #clock: Clock;
  readonly #trouble: Trouble;
  #stopTimer = () => {};
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: {
    readonly store: Pick<LedgerStore, 'checkpointLedger'>;
    readonly clock: Clock;
    /** Told to the operator. */
    readonly report: (message: string) => void;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#trouble = new Trouble(deps.report);
  }

  start(): void {
    this.#stopTimer = this.#clock.after(EVERY_MS, () => {
      this.#writing = this.#write();
    });
  }

  /** Resolves when the one under way is written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await this.#store.checkpointLedger();
      this.#trouble.went();
    } catch (error) {
      this.#trouble.failed('A checkpoint of the ledger cannot be written', error);
    }
    if (!this.#stopped) this.start();
  }
}
