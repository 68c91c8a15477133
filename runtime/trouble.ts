import { messageOf } from '../sandbox/message-of.ts';

/** Tells the operator of what fails again and again: the first time, and once more after it went well. */
export class Trouble {
  readonly #report: (message: string) => void;
  #isTold = false;

  constructor(report: (message: string) => void) {
    this.#report = report;
  }

  /** `what` begins a sentence: what cannot be done. */
  failed(what: string, error: unknown): void {
    if (!this.#isTold) this.#report(`${what}: ${messageOf(error).replace(/\.$/, '')}. It is tried again.`);
    this.#isTold = true;
  }

  went(): void {
    this.#isTold = false;
  }
}
