import type { Readable } from 'node:stream';

const KEPT = 4096;
/** A runner has nothing to say there but why it dies; what says more is not listened to. */
const MOST = 64 * 1024;

/** The beginning of what a child writes to its standard error: V8 says there why it ends the process. */
export class LastWords {
  #text = '';
  #heard = 0;

  constructor(stream: Readable) {
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      this.#heard += chunk.byteLength;
      if (this.#text.length < KEPT) this.#text += chunk.toString('latin1').slice(0, KEPT);
      if (this.#heard > MOST) stream.destroy();
    });
  }

  /** V8 gave up because of memory: sizes that it cannot have are among its reasons. */
  get aboutMemory(): boolean {
    return /out of memory|last resort|heap limit|invalid (array|table|string|size)|allocation failed/i.test(
      this.#text,
    );
  }
}
