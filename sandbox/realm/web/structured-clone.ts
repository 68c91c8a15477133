import { Blob, bytesOfBlob, File } from './blob.ts';
import { DOMException } from './dom-exception.ts';

const ERRORS: ReadonlyMap<string, new (message?: string) => Error> = new Map([
  ['Error', Error],
  ['EvalError', EvalError],
  ['RangeError', RangeError],
  ['ReferenceError', ReferenceError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
  ['URIError', URIError],
]);

const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

function refuse(what: string): never {
  throw new DOMException(`${what} could not be cloned.`, 'DataCloneError');
}

/** Whether `probe`, which reads an internal slot, accepts the value: a prototype alone makes no Date. */
function has(probe: () => unknown): boolean {
  try {
    probe();
    return true;
  } catch {
    return false;
  }
}

const isDate = (value: object): value is Date => has(() => Date.prototype.getTime.call(value));
const isMap = (value: object): value is Map<unknown, unknown> => has(() => Map.prototype.has.call(value, 0));
const isSet = (value: object): value is Set<unknown> => has(() => Set.prototype.has.call(value, 0));
const isBuffer = (value: object): value is ArrayBuffer =>
  has(() => ArrayBuffer.prototype.slice.call(value, 0, 0));
const isUncloneable = (value: object): boolean =>
  value instanceof Promise ||
  value instanceof WeakMap ||
  value instanceof WeakSet ||
  value instanceof WeakRef;

/** Reads the primitive in a Number, String, Boolean or BigInt object. */
const UNBOXERS: readonly ((value: object) => unknown)[] = [
  (value) => Number.prototype.valueOf.call(value),
  (value) => String.prototype.valueOf.call(value),
  (value) => Boolean.prototype.valueOf.call(value),
  (value) => BigInt.prototype.valueOf.call(value),
];

function cloneBoxed(value: object): object | undefined {
  const unbox = UNBOXERS.find((candidate) => has(() => candidate(value)));
  return unbox && Object(unbox(value));
}

/** One call of structuredClone: remembers copies, so that cycles and shared objects keep their shape. */
class Cloner {
  readonly #copies = new Map<object, object>();

  clone(value: unknown): unknown {
    if (typeof value === 'symbol') return refuse(String(value));
    if (typeof value === 'function') return refuse(`function ${value.name}`);
    if (typeof value !== 'object' || value === null) return value;
    return this.#copies.get(value) ?? this.#object(value);
  }

  #remember<Copy extends object>(value: object, copy: Copy): Copy {
    this.#copies.set(value, copy);
    return copy;
  }

  #object(value: object): object {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#properties(value, {});
    if (Array.isArray(value)) return this.#properties(value, new Array(value.length));
    if (isUncloneable(value)) return refuse('The object');
    return this.#leaf(value) ?? this.#container(value);
  }

  /** Objects that hold no others. */
  #leaf(value: object): object | undefined {
    if (isDate(value)) return this.#remember(value, new Date(value.getTime()));
    if (value instanceof RegExp) return this.#remember(value, new RegExp(value.source, value.flags));
    if (isBuffer(value)) return this.#remember(value, value.slice(0));
    if (value instanceof File) {
      const { name, type, lastModified } = value;
      return this.#remember(value, new File([bytesOfBlob(value)], name, { type, lastModified }));
    }
    if (value instanceof Blob) return this.#remember(value, value.slice(0, value.size, value.type));
    if (value instanceof DOMException)
      return this.#remember(value, new DOMException(value.message, value.name));
    const boxed = cloneBoxed(value);
    return boxed && this.#remember(value, boxed);
  }

  #container(value: object): object {
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (isMap(value)) {
      const copy = this.#remember(value, new Map<unknown, unknown>());
      for (const [key, item] of [...value]) copy.set(this.clone(key), this.clone(item));
      return copy;
    }
    if (isSet(value)) {
      const copy = this.#remember(value, new Set<unknown>());
      for (const item of [...value]) copy.add(this.clone(item));
      return copy;
    }
    if (value instanceof Error) return this.#error(value);
    return this.#properties(value, {});
  }

  #view(view: ArrayBufferView): object {
    const buffer = this.clone(view.buffer) as ArrayBuffer;
    if (view instanceof DataView)
      return this.#remember(view, new DataView(buffer, view.byteOffset, view.byteLength));
    const Type = VIEWS.find((known) => view instanceof known);
    if (Type === undefined) return refuse('The view');
    return this.#remember(view, new Type(buffer, view.byteOffset, view.byteLength / Type.BYTES_PER_ELEMENT));
  }

  #error(error: Error): Error {
    const Type = ERRORS.get(`${error.name}`) ?? Error;
    const copy = this.#remember(error, new Type(error.message));
    const hidden = { writable: true, configurable: true, enumerable: false };
    Object.defineProperty(copy, 'stack', { ...hidden, value: error.stack });
    if (Object.hasOwn(error, 'cause')) {
      Object.defineProperty(copy, 'cause', { ...hidden, value: this.clone(error.cause) });
    }
    return copy;
  }

  #properties(value: object, copy: object): object {
    this.#remember(value, copy);
    for (const key of Object.keys(value)) {
      const item = this.clone(Reflect.get(value, key));
      Object.defineProperty(copy, key, { value: item, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }
}

/** A deep copy. `transfer` is not offered: a job shares its memory with nobody. */
export function structuredClone(value: unknown, options?: { readonly transfer?: unknown } | null): unknown {
  if (options?.transfer !== undefined)
    throw new TypeError('structuredClone does not transfer; leave `transfer` out');
  return new Cloner().clone(value);
}
