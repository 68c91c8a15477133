import type { Encoded } from '../types.ts';
import { sizeOf } from './size-of.ts';
import { MAX_DEPTH, TYPED_ARRAYS, tag } from './tagged-values.ts';

export interface EncodeOptions {
  /** How the value is called in messages: `result`, `arguments[0]`. */
  readonly name?: string;
  /** Upper bound for text and tails together, in bytes (a character counts as one until it is known better). */
  readonly maxBytes?: number;
  /** Tells proxies made in this realm. */
  readonly isProxy?: (value: object) => boolean;
  /** Describes objects of this realm that cannot cross, so that the message can say what to pass instead. */
  readonly describe?: (value: object) => Described | undefined;
}

/** `a set of records of res.partner`, and `pass its ids`. */
export interface Described {
  readonly what: string;
  readonly instead: string;
}

/** The value is plain but larger than allowed. */
export class TooLargeError extends RangeError {
  constructor(name: string, maxBytes: number) {
    super(`${name} is larger than ${maxBytes} bytes`);
    this.name = 'TooLargeError';
  }
}

const NAME_OF_PROTOTYPE: ReadonlyMap<unknown, string> = new Map(
  [...TYPED_ARRAYS].map(([name, type]): [unknown, string] => [type.prototype, name]),
);

/**
 * Makes the copy that `JSON.stringify` then writes. One per encoded value. Reads each property exactly once, so that getters
 * cannot show one value to the check and another to the result.
 */
class Writer {
  readonly tails: Uint8Array[] = [];
  readonly #path: (string | number)[] = [];
  readonly #open = new Set<object>();
  readonly #options: EncodeOptions;
  #left: number;

  constructor(options: EncodeOptions) {
    this.#options = options;
    this.#left = options.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  get #name(): string {
    return this.#options.name ?? 'value';
  }

  #spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new TooLargeError(this.#name, this.#options.maxBytes ?? 0);
  }

  #refuse(what: string, instead = ''): never {
    const path = this.#path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    throw new TypeError(`${this.#name}${path} is ${what}; only plain data can cross${instead}`);
  }

  write(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        this.#spend(value.length + 3);
        return value;
      case 'number':
        this.#spend(8);
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        return tag('n', Object.is(value, -0) ? '-0' : String(value));
      case 'boolean':
        this.#spend(5);
        return value;
      case 'undefined':
        this.#spend(11);
        return tag('u');
      case 'object':
        return value === null ? this.#null() : this.#object(value);
      default:
        return this.#refuse(`a ${typeof value}`);
    }
  }

  #null(): null {
    this.#spend(5);
    return null;
  }

  #object(value: object): unknown {
    if (this.#options.isProxy?.(value)) this.#refuse('a Proxy');
    if (this.#open.has(value)) this.#refuse('a cycle');
    if (this.#path.length >= MAX_DEPTH) this.#refuse(`nested deeper than ${MAX_DEPTH} levels`);
    this.#spend(8);
    this.#open.add(value);
    const copy = this.#container(value);
    this.#open.delete(value);
    return copy;
  }

  #container(value: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value) && prototype === Array.prototype) return this.#array(value);
    if (prototype === Object.prototype || prototype === null) return this.#record(value);
    if (prototype === Date.prototype) return tag('d', Date.prototype.getTime.call(value));
    if (prototype === Map.prototype) return tag('m', this.#entries(Map.prototype.entries.call(value)));
    if (prototype === Set.prototype) return tag('s', this.#items(Set.prototype.values.call(value)));
    if (prototype === ArrayBuffer.prototype) {
      return this.#bytes('ArrayBuffer', new Uint8Array(value as ArrayBuffer));
    }
    const kind = isNodeBuffer(value) ? 'Uint8Array' : NAME_OF_PROTOTYPE.get(prototype);
    if (kind !== undefined && ArrayBuffer.isView(value)) {
      return this.#bytes(kind, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    const known = this.#options.describe?.(value);
    if (known !== undefined) this.#refuse(known.what, `: ${known.instead}`);
    return this.#refuse(describeInstance(prototype));
  }

  #bytes(kind: string, bytes: Uint8Array): unknown {
    this.#spend(bytes.byteLength);
    this.tails.push(bytes.slice());
    return tag('b', this.tails.length - 1, kind);
  }

  #array(items: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    const { length } = items;
    for (let index = 0; index < length; index += 1) copy.push(this.#at(index, items[index]));
    return copy;
  }

  /** One by one: a list of all of them would be made before its size is known. */
  #items(items: Iterable<unknown>): unknown[] {
    const copy: unknown[] = [];
    for (const item of items) copy.push(this.#at(copy.length, item));
    return copy;
  }

  #entries(entries: Iterable<readonly [unknown, unknown]>): unknown[] {
    const copy: unknown[] = [];
    let index = 0;
    for (const [key, value] of entries) {
      copy.push([this.#at(index, key), this.#at(index, value)]);
      index += 1;
    }
    return copy;
  }

  #record(value: object): unknown {
    const source = value as Record<string, unknown>;
    const copy: Record<string, unknown> = Object.create(null);
    const pairs: [string, unknown][] = [];
    const keys = Object.keys(source);
    const escaped = keys.includes('$');
    for (const key of keys) {
      this.#spend(key.length + 4);
      const child = this.#at(key, source[key]);
      if (escaped) pairs.push([key, child]);
      else copy[key] = child;
    }
    return escaped ? tag('o', pairs) : copy;
  }

  #at(key: string | number, value: unknown): unknown {
    this.#path.push(key);
    const copy = this.write(value);
    this.#path.pop();
    return copy;
  }
}

const isNodeBuffer = (value: object): boolean =>
  typeof Buffer === 'function' && Buffer.isBuffer(value) && Object.getPrototypeOf(value) === Buffer.prototype;

function describeInstance(prototype: unknown): string {
  if (prototype === Promise.prototype) return 'a Promise (forgot await?)';
  // Read as user code reads it: `ses` makes `constructor` of intrinsics an accessor.
  const maker: unknown = (prototype as { readonly constructor?: unknown }).constructor;
  const name = typeof maker === 'function' ? maker.name : '';
  return name ? `an instance of ${name}` : 'an instance of a class';
}

/** Throws a TypeError with the path for what cannot cross, a `TooLargeError` for what is too large. */
export function encode(value: unknown, options: EncodeOptions = {}): Encoded {
  const writer = new Writer(options);
  const encoded = { text: JSON.stringify(writer.write(value)), tails: writer.tails };
  const { name = 'value', maxBytes = Number.POSITIVE_INFINITY } = options;
  // As JSON a character may take six, which whoever reads the text would have to bear.
  if (sizeOf(encoded) > maxBytes) throw new TooLargeError(name, maxBytes);
  return encoded;
}
