const MOST_FRAMES = 10_000;
const MOST_BYTES = 64 * 1024 ** 2;

/** Frames that are for no job of their runner. Some cross with our word that a job is over; a hostile runner sends many. */
export class StrayFrames {
  #frames = 0;
  #bytes = 0;

  /** False when there have been too many since our last word to the runner. */
  mayBe(parts: readonly Uint8Array[]): boolean {
    this.#frames += 1;
    for (const part of parts) this.#bytes += part.byteLength;
    return this.#frames <= MOST_FRAMES && this.#bytes <= MOST_BYTES;
  }

  /** The runner was sent something. */
  reset(): void {
    this.#frames = 0;
    this.#bytes = 0;
  }
}
