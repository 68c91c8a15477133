/**
 * Decides whether a unit's entries run at once on the runner's thread or aside. A unit begins aside; it is trusted with
 * the thread after a row of quick entries, and loses that trust with one slow entry, longer each time.
 */
const QUICK_MS = 10;
const FIRST_PROOF = 20;
const MAX_PROOF = 100_000;

export class Pace {
  #quick = 0;
  #needed = FIRST_PROOF;

  get trusted(): boolean {
    return this.#quick >= this.#needed;
  }

  note(cpuMs: number): void {
    if (cpuMs <= QUICK_MS) {
      this.#quick += 1;
      return;
    }
    if (this.trusted) this.#needed = Math.min(this.#needed * 10, MAX_PROOF);
    this.#quick = 0;
  }
}
