import { writeSync } from 'node:fs';
import { type Entered, SLOT_BYTES, writeSlot } from '../wire/recording.ts';

/** Keeps the recording of this runner: see `recording.ts`. */
export class Recorder {
  readonly #fd: number;
  readonly #taken: boolean[] = [];
  readonly #slot = Buffer.alloc(SLOT_BYTES);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Notes an entry that begins now, in a slot of its own; gives the slot. */
  enter(entered: Entered): number {
    const free = this.#taken.indexOf(false);
    const index = free < 0 ? this.#taken.length : free;
    this.#taken[index] = true;
    this.again(index, entered);
    return index;
  }

  /** The next entry in the same slot. */
  again(index: number, entered: Entered): void {
    writeSlot(this.#slot, entered);
    writeSync(this.#fd, this.#slot, 0, SLOT_BYTES, index * SLOT_BYTES);
  }

  /** Nothing runs there any more. */
  leave(index: number): void {
    this.#taken[index] = false;
    this.#slot[0] = 0;
    writeSync(this.#fd, this.#slot, 0, 1, index * SLOT_BYTES);
  }
}
