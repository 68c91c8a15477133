import type { Duplex } from 'node:stream';

/**
 * Frames on the pipe between the server and a child. A frame is a JSON head and raw parts:
 *
 *     u32 length of all that follows | u32 number of parts | u32 length of each part ... | the parts
 *
 * Part 0 is the head, a JSON list; what the other parts are is said by the head's first item. Numbers are little endian.
 */
export type Head = readonly (string | number | boolean | null)[];
export interface Frame {
  readonly head: Head;
  readonly parts: readonly Uint8Array[];
}

export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const MAX_PARTS = 4096;

/** The text of a part, without a copy of its bytes in between. */
export const textOf = (part: Uint8Array | undefined): string =>
  part === undefined ? '' : Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('utf8');

/** The pipe does not speak frames: the other side is broken or hostile. */
export class FrameError extends Error {}

function toBytes(head: Head, parts: readonly (Uint8Array | string)[]): Buffer {
  const all = [JSON.stringify(head), ...parts];
  const lengths = all.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.byteLength));
  const start = 8 + all.length * 4;
  const frame = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, start));
  frame.writeUInt32LE(frame.byteLength - 4, 0);
  frame.writeUInt32LE(all.length, 4);
  let at = start;
  all.forEach((part, index) => {
    const length = lengths[index] ?? 0;
    frame.writeUInt32LE(length, 8 + index * 4);
    if (typeof part === 'string') frame.write(part, at);
    else frame.set(part, at);
    at += length;
  });
  return frame;
}

const MAX_WAITING = 8;

/**
 * Writes frames; those of one turn of the event loop leave in one write, which wakes the other side once. A few leave at
 * once, so that the other side begins while this one goes on.
 */
export class FrameWriter {
  readonly #stream: Duplex;
  #waiting: Buffer[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes that the other side has not taken yet, those of this turn left out. */
  get unreadBytes(): number {
    return this.#stream.writableLength;
  }

  /** Strings are sent as UTF-8. */
  send(head: Head, parts: readonly (Uint8Array | string)[] = []): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#flush());
    this.#waiting.push(toBytes(head, parts));
    if (this.#waiting.length >= MAX_WAITING) this.#flush();
  }

  /** Bytes that the other side has not read yet. */
  get backlog(): number {
    return this.#stream.writableLength;
  }

  #flush(): void {
    const [first, ...rest] = this.#waiting;
    this.#waiting = [];
    if (first === undefined || this.#stream.destroyed) return;
    this.#stream.write(rest.length === 0 ? first : Buffer.concat([first, ...rest]));
  }
}

/** Cuts a byte stream into frames. `onFrame` gets each in order; a stream that is not frames throws a FrameError. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    while (this.#size >= 4) {
      const total = this.#length();
      if (total > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${total} bytes`);
      if (this.#size < 4 + total) return;
      this.#onFrame(parse(this.#take(4 + total)));
    }
  }

  #length(): number {
    if ((this.#chunks[0]?.byteLength ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.readUInt32LE(0) ?? 0;
  }

  /** The first `size` bytes. Joins chunks only when a frame spans them. */
  #take(size: number): Buffer {
    if ((this.#chunks[0]?.byteLength ?? 0) < size) this.#chunks = [Buffer.concat(this.#chunks)];
    const joined = this.#chunks[0] ?? Buffer.alloc(0);
    this.#size -= size;
    if (joined.byteLength === size) this.#chunks.shift();
    else this.#chunks[0] = joined.subarray(size);
    return joined.subarray(0, size);
  }
}

function parse(frame: Buffer): Frame {
  const count = frame.byteLength >= 8 ? frame.readUInt32LE(4) : 0;
  if (count < 1 || count > MAX_PARTS || 8 + count * 4 > frame.byteLength)
    throw new FrameError('bad part count');
  const parts: Buffer[] = [];
  let at = 8 + count * 4;
  for (let index = 0; index < count; index += 1) {
    const length = frame.readUInt32LE(8 + index * 4);
    if (at + length > frame.byteLength) throw new FrameError('bad part length');
    parts.push(frame.subarray(at, at + length));
    at += length;
  }
  if (at !== frame.byteLength) throw new FrameError('bytes after the last part');
  return { head: parseHead(parts[0]), parts: parts.slice(1) };
}

function parseHead(part: Buffer | undefined): Head {
  let head: unknown;
  try {
    head = JSON.parse(part?.toString('utf8') ?? '');
  } catch {
    throw new FrameError('a head that is not JSON');
  }
  const plain = (item: unknown) => item === null || ['string', 'number', 'boolean'].includes(typeof item);
  if (!Array.isArray(head) || !head.every(plain)) throw new FrameError('a head that is not a list');
  return head;
}
