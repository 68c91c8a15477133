import { DOMException } from './dom-exception.ts';
import { host } from './host.ts';
import { subtle } from './subtle.ts';

const MAX_RANDOM_BYTES = 65_536;

type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

const isIntegerArray = (value: unknown): value is IntegerArray | BigInt64Array | BigUint64Array =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView || value instanceof Float32Array || value instanceof Float64Array);

function getRandomValues(array: unknown): unknown {
  if (!isIntegerArray(array)) {
    throw new DOMException('getRandomValues takes a typed array of integers', 'TypeMismatchError');
  }
  if (array.byteLength > MAX_RANDOM_BYTES) {
    throw new DOMException(`getRandomValues gives at most ${MAX_RANDOM_BYTES} bytes`, 'QuotaExceededError');
  }
  const bytes = host.randomBytes(array.byteLength);
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes);
  return array;
}

/** A random UUID of version 4. */
function randomUUID(): string {
  const bytes = host.randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const crypto = { getRandomValues, randomUUID, subtle };
