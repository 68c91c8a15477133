import { Tally } from '../sandbox/tally.ts';

/**
 * Something of which there is a bounded amount, shared by holders that are known by name. A holder may have as much as it
 * leaves free, and `mostEach` at most: alone half of all, and however many hold something, there is some for the next.
 */
export class FairShares {
  readonly #mostEach: number;
  readonly #held = new Tally();
  #left: number;

  constructor(most: number, mostEach = most) {
    this.#left = most;
    this.#mostEach = mostEach;
  }

  /** What the holder has. */
  heldBy(holder: string): number {
    return this.#held.of(holder);
  }

  /** False, and nothing is taken, when it is more than the holder's share. */
  take(holder: string, amount: number): boolean {
    const held = this.heldBy(holder) + amount;
    if (held > this.#mostEach || held > this.#left) return false;
    this.#left -= amount;
    this.#held.add(holder, amount);
    return true;
  }

  give(holder: string, amount: number): void {
    this.#left += amount;
    this.#held.add(holder, -amount);
  }
}
