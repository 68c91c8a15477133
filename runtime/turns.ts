import { setImmediate } from 'node:timers/promises';

/** Characters that are read, compared or written between two turns: a few milliseconds of work. */
const UNITS_A_TURN = 100_000;

/**
 * Lets others have their turn during long work on the server's own thread, and ends what is too much. Work is counted, not timed, so that it
 * is cut the same way each time.
 */
export class Turns {
  readonly #most: number;
  readonly #refuse: () => Error;
  #left = UNITS_A_TURN;
  #spent = 0;

  /** `refuse` makes the error for work of more than `most` units; without them there is no end. */
  constructor(
    most = Number.POSITIVE_INFINITY,
    refuse: () => Error = () => new Error(`That is more work than ${most} units.`),
  ) {
    this.#most = most;
    this.#refuse = refuse;
  }

  /** Units so far. */
  get spent(): number {
    return this.#spent;
  }

  /** To be called for a piece of work of so many characters, and awaited when it gives a promise: then it is the turn of others. */
  spend(units: number): Promise<void> | undefined {
    this.#spent += units;
    if (this.#spent > this.#most) throw this.#refuse();
    this.#left -= units;
    if (this.#left > 0) return undefined;
    this.#left = UNITS_A_TURN;
    return setImmediate();
  }
}
