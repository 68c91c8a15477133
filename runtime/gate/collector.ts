const FIRST_BYTES = 16 * 1024;

/** Joins pieces in memory of its own: however small the pieces are, it takes at most twice what they hold. */
export class Collector {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** What was added, as one. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.#buffer.length * 2, FIRST_BYTES));
    larger.set(this.bytes());
    this.#buffer = larger;
  }
}
