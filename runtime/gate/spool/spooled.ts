import type { FileHandle } from 'node:fs/promises';

const PIECE = 64 * 1024;

/**
 * A body that is whole and waits in a file without a name: it can be sent any number of times, and its length and hash are
 * known before. It belongs to those who share it; with the last of them the file is gone.
 */
export class Spooled implements AsyncIterable<Uint8Array> {
  readonly byteLength: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
  readonly #file: FileHandle;
  readonly #onGone: () => void;
  #owners = 1;

  /** `onGone` is called when the file is closed. */
  constructor(file: FileHandle, byteLength: number, sha256: string, onGone: () => void) {
    this.byteLength = byteLength;
    this.sha256 = sha256;
    this.#file = file;
    this.#onGone = onGone;
  }

  /** For one more owner, who releases it too. */
  share(): this {
    this.#owners += 1;
    return this;
  }

  /** Called once by each owner. */
  release(): void {
    this.#owners -= 1;
    if (this.#owners === 0) this.#file.close().finally(this.#onGone).catch(ignore);
  }

  /** The first `length` bytes, or as many as there are. */
  async head(length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(Math.min(length, this.byteLength));
    let at = 0;
    while (at < bytes.length) at += await this.#read(bytes, at, at);
    return bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < this.byteLength; ) {
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, this.byteLength - at));
      const length = await this.#read(piece, 0, at);
      yield piece.subarray(0, length);
      at += length;
    }
  }

  /** How many bytes came from `position` of the file to `offset` of `into`: one at least. */
  async #read(into: Buffer, offset: number, position: number): Promise<number> {
    const { bytesRead } = await this.#file.read(into, offset, into.length - offset, position);
    if (bytesRead === 0) throw new Error('A body that waits on disk is shorter than it was written.');
    return bytesRead;
  }
}

/** Nobody waits for the end of a file that is given back, and there is nothing to do about it. */
const ignore = (): void => {};
