import { concat, isBytes, viewOf } from './bytes.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

interface BlobOptions {
  readonly type?: unknown;
  readonly endings?: unknown;
}

/** The type, or nothing when it has characters that no type has. */
const typeOf = (type: unknown): string => {
  const text = type === undefined ? '' : `${type}`;
  return /^[ -~]*$/.test(text) ? text.toLowerCase() : '';
};

function partBytes(part: unknown, endings: unknown): Uint8Array {
  if (isBytes(part)) return viewOf(part);
  if (part instanceof Blob) return bytesOfBlob(part);
  const text = `${part}`;
  return utf8Encode(endings === 'native' ? text.replace(/\r\n?/g, '\n') : text);
}

/** The blob's own memory: read, never written, never handed out. */
export let bytesOfBlob: (blob: Blob) => Uint8Array;

export class Blob {
  #bytes: Uint8Array;
  readonly #type: string;

  static {
    bytesOfBlob = (blob) => blob.#bytes;
  }

  constructor(parts: unknown = [], options?: BlobOptions | null) {
    if (typeof parts !== 'object' || parts === null || !(Symbol.iterator in parts)) {
      throw new TypeError('Blob takes a list of parts');
    }
    const list = Array.from(parts as Iterable<unknown>, (part) => partBytes(part, options?.endings));
    this.#bytes = concat(list);
    this.#type = typeOf(options?.type);
  }

  get size(): number {
    return this.#bytes.length;
  }

  get type(): string {
    return this.#type;
  }

  /** Positions count from the end when they are negative. */
  slice(start?: unknown, end?: unknown, type?: unknown): Blob {
    const from = start === undefined ? 0 : Number(start);
    const to = end === undefined ? this.size : Number(end);
    const blob = new Blob([], { type });
    blob.#bytes = this.#bytes.subarray(from, to);
    return blob;
  }

  async text(): Promise<string> {
    return utf8Decode(this.#bytes);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return concat([this.#bytes]).buffer;
  }

  async bytes(): Promise<Uint8Array> {
    return concat([this.#bytes]);
  }

  get [Symbol.toStringTag](): string {
    return 'Blob';
  }
}

interface FileOptions extends BlobOptions {
  readonly lastModified?: unknown;
}

export class File extends Blob {
  readonly #name: string;
  readonly #lastModified: number;

  constructor(parts: unknown, name: unknown, options?: FileOptions | null) {
    super(parts, options);
    this.#name = `${name}`.toWellFormed();
    this.#lastModified =
      options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
  }

  get name(): string {
    return this.#name;
  }

  /** Milliseconds since 1970. */
  get lastModified(): number {
    return this.#lastModified;
  }

  override get [Symbol.toStringTag](): string {
    return 'File';
  }
}
