/** How much of something each name has. A name that has none left is forgotten. */
export class Tally {
  readonly #amounts: Map<string, number>;

  constructor(amounts: Iterable<readonly [string, number]> = []) {
    this.#amounts = new Map(amounts);
  }

  copy(): Tally {
    return new Tally(this.#amounts);
  }

  /** Names that have some. */
  get size(): number {
    return this.#amounts.size;
  }

  of(name: string): number {
    return this.#amounts.get(name) ?? 0;
  }

  add(name: string, amount: number): void {
    const sum = this.of(name) + amount;
    if (sum === 0) this.#amounts.delete(name);
    else this.#amounts.set(name, sum);
  }

  entries(): readonly (readonly [string, number])[] {
    return [...this.#amounts];
  }
}
