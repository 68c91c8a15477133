import type { Clock } from './clock.ts';

/**
 * Looks again and again, and lets other work happen only between two looks.
 *
 *     asleep -> (the pause is over, or work was done) -> looking -> asleep; for good when a look names no pause, until work is done
 */
export class LookLoop {
  readonly #clock: Clock;
  readonly #look: () => Promise<number | null>;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;
  #stopTimer = () => {};

  /** `look` never rejects. It gives the pause after it in milliseconds, or null when only work can make a look of use. */
  constructor(clock: Clock, look: () => Promise<number | null>) {
    this.#clock = clock;
    this.#look = look;
  }

  /** A look that takes long ends soon when this is true. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Does work while nobody looks, and looks after it. Rejects as the work does; what comes after goes on all the same. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {}).then(() => this.#lookNow());
    return done;
  }

  /** Looks no more. Resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer();
    await this.#turn;
  }

  async #lookNow(): Promise<void> {
    if (this.#stopped) return;
    this.#stopTimer();
    const pause = await this.#look();
    if (this.#stopped || pause === null) return;
    this.#stopTimer = this.#clock.after(pause, () => {
      this.#turn = this.#turn.then(() => this.#lookNow());
    });
  }
}
