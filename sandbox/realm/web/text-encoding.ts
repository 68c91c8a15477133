import { concat, isBytes, viewOf } from './bytes.ts';
import { host } from './host.ts';
import { shortAscii, utf8Encode } from './utf8.ts';

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many UTF-16 units the first `end` bytes stand for. */
function unitsIn(bytes: Uint8Array, end: number): number {
  let units = 0;
  for (const byte of bytes.subarray(0, end)) {
    if (!isContinuation(byte)) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

export class TextEncoder {
  get encoding(): string {
    return 'utf-8';
  }

  encode(text: unknown = ''): Uint8Array {
    return utf8Encode(`${text}`);
  }

  /** Writes as many whole characters as fit; `read` counts UTF-16 units, `written` bytes. */
  encodeInto(text: unknown, destination: unknown): { read: number; written: number } {
    if (!(destination instanceof Uint8Array)) {
      throw new TypeError('The destination of encodeInto must be a Uint8Array');
    }
    // A UTF-16 unit is at least one byte: what lies beyond the room is never looked at.
    const source = `${text}`.slice(0, destination.length + 1);
    const bytes = utf8Encode(source);
    let written = Math.min(bytes.length, destination.length);
    while (isContinuation(bytes[written])) written -= 1;
    destination.set(bytes.subarray(0, written));
    const read = written === bytes.length ? source.length : unitsIn(bytes, written);
    return { read, written };
  }

  get [Symbol.toStringTag](): string {
    return 'TextEncoder';
  }
}

/** How many bytes at the end begin a UTF-8 sequence that the next chunk may complete. */
function unfinished(bytes: Uint8Array): number {
  const most = Math.min(3, bytes.length);
  for (let back = 1; back <= most; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (isContinuation(byte)) continue;
    if (byte < 0xc2 || byte > 0xf4) return 0;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? back : 0;
  }
  return 0;
}

interface DecoderOptions {
  readonly fatal?: unknown;
  readonly ignoreBOM?: unknown;
}

/** Decodes every encoding of the standard; in pieces (`stream: true`) only UTF-8. */
export class TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** Between the pieces of a stream: the start of a character, and whether the byte order mark is past. */
  #held: Uint8Array = new Uint8Array();
  #begun = false;

  constructor(label: unknown = 'utf-8', options: DecoderOptions | null = {}) {
    const encoding = label === 'utf-8' ? label : host.encodingName(`${label}`);
    if (encoding === null) throw new RangeError(`The encoding "${label}" is not supported`);
    this.encoding = encoding;
    this.fatal = Boolean(options?.fatal);
    this.ignoreBOM = Boolean(options?.ignoreBOM);
  }

  decode(input?: unknown, options?: { readonly stream?: unknown } | null): string {
    if (input !== undefined && !isBytes(input)) {
      throw new TypeError('TextDecoder.decode takes an ArrayBuffer or a view of one');
    }
    const stream = Boolean(options?.stream);
    if (stream && this.encoding !== 'utf-8') {
      throw new TypeError(`TextDecoder decodes in pieces only utf-8, not ${this.encoding}`);
    }
    const bytes = input === undefined ? new Uint8Array() : viewOf(input);
    const whole = this.#held.length === 0 ? bytes : concat([this.#held, bytes]);
    const end = stream ? whole.length - unfinished(whole) : whole.length;
    const keepBOM = this.ignoreBOM || this.#begun;
    this.#held = whole.slice(end);
    this.#begun = stream && (this.#begun || end > 0);
    return this.#text(whole.subarray(0, end), keepBOM);
  }

  #text(bytes: Uint8Array, keepBOM: boolean): string {
    const ascii = this.encoding === 'utf-8' ? shortAscii(bytes) : null;
    const text = ascii ?? host.decode(bytes, this.encoding, this.fatal, keepBOM);
    if (text === null) throw new TypeError(`The bytes are not valid ${this.encoding}`);
    return text;
  }

  get [Symbol.toStringTag](): string {
    return 'TextDecoder';
  }
}
