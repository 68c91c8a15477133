import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Hold } from '../budget.ts';
import { BusyError } from '../busy-error.ts';
import { tooLarge } from '../network-error.ts';
import { Spooled } from './spooled.ts';

/** Bytes written at once: pieces of an answer may be as small as their sender likes. */
const BLOCK = 64 * 1024;
/** Room is counted in such steps. Each body takes one at least, as each holds an open file. */
const STEP = 256 * 1024;

/** The server's own trouble, which is not the network's. */
export const cannotWrite = (cause: unknown): BusyError =>
  new BusyError('The server cannot write the body of this answer to its disk. Tell an administrator.', {
    cause,
  });

export interface SpoolingParts {
  readonly file: FileHandle;
  /** Of the project, and of all projects. */
  readonly holds: readonly Hold[];
  readonly mostBytes: number;
}

/** A body that comes in: it is counted and hashed while it is written. Ends with `finish` or with `giveUp`. */
export class Spooling {
  readonly #parts: SpoolingParts;
  readonly #hash = createHash('sha256');
  readonly #block = Buffer.allocUnsafeSlow(BLOCK);
  #filled = 0;
  #size = 0;
  #room = 0;

  constructor(parts: SpoolingParts) {
    this.#parts = parts;
  }

  /** Resolves when there is room for more. Throws an `AnswerError` for too large a body, a `BusyError` without room for it. */
  async write(piece: Uint8Array): Promise<void> {
    this.#size += piece.length;
    if (this.#size > this.#parts.mostBytes) throw tooLarge(this.#parts.mostBytes);
    while (this.#room < this.#size) this.#takeRoom();
    this.#hash.update(piece);
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + BLOCK - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === BLOCK) await this.#flush();
    }
  }

  async finish(): Promise<Spooled> {
    await this.#flush();
    return new Spooled(this.#parts.file, this.#size, this.#hash.digest('hex'), () => this.#giveBack());
  }

  /** Nobody wants the body any more, or it cannot be whole. */
  async giveUp(): Promise<void> {
    await this.#parts.file.close();
    this.#giveBack();
  }

  #takeRoom(): void {
    for (const hold of this.#parts.holds) hold.add(STEP);
    this.#room += STEP;
  }

  #giveBack(): void {
    for (const hold of this.#parts.holds) hold.release();
  }

  async #flush(): Promise<void> {
    const block = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    try {
      await this.#parts.file.appendFile(block);
    } catch (cause) {
      throw cannotWrite(cause);
    }
  }
}
