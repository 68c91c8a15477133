/**
 * Decides whether a unit's entries run at once on the runner's thread or aside. A unit begins aside; it is trusted with
 * the thread after a number of quick entries. One slow entry on the thread ends that trust, and the next takes longer to
 * earn. Aside, a slow entry only sets it back: there a busy machine makes quick ones look slow.
 */
const QUICK_MS = 10;
const FIRST_PROOF = 20;
const MAX_PROOF = 5_000;
const SETBACK = 5;

export class Pace {
  #quick = 0;
  #needed = FIRST_PROOF;

  get trusted(): boolean {
    return this.#quick >= this.#needed;
  }

  /** Tells how long an entry took, in milliseconds. */
  note(ms: number): void {
    if (ms <= QUICK_MS) {
      this.#quick += 1;
    } else if (this.trusted) {
      this.#needed = Math.min(this.#needed * 4, MAX_PROOF);
      this.#quick = 0;
    } else {
      this.#quick = Math.max(0, this.#quick - SETBACK);
    }
  }
}
