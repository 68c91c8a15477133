import { messageOf } from '../sandbox/message-of.ts';
import type { Clock } from './clock.ts';
import type { LedgerStore } from './store/ledger-store.ts';

const EVERY_MS = 10 * 60_000;

/** Has a checkpoint of the ledger written every ten minutes, when there are rows that none covers. */
export class Checkpointer {
  readonly #store: Pick<LedgerStore, 'checkpointLedger'>;
  readonly #clock: Clock;
  readonly #report: (message: string) => void;
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
    this.#report = deps.report;
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
    } catch (error) {
      this.#report(`A checkpoint of the ledger cannot be written: ${messageOf(error)}. It is tried again.`);
    }
    if (!this.#stopped) this.start();
  }
}
