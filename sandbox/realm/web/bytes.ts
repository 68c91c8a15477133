/** Small tools over bytes that several globals share. */

/** An ArrayBuffer or any view of one: what the standards call a buffer source. */
export type Bytes = ArrayBuffer | ArrayBufferView;

export const isBytes = (value: unknown): value is Bytes =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value);

/** The same memory, seen as bytes. */
export function viewOf(value: Bytes): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** A copy with a buffer of its own. */
export const copyOf = (value: Bytes): Uint8Array<ArrayBuffer> => new Uint8Array(viewOf(value));

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Where `part` begins in `bytes` at or after `from`, or -1. */
export function indexOf(bytes: Uint8Array, part: Uint8Array, from: number): number {
  const first = part[0];
  if (first === undefined) return from;
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + part.length > bytes.length) return -1;
    let same = 1;
    while (same < part.length && bytes[at + same] === part[same]) same += 1;
    if (same === part.length) return at;
  }
  return -1;
}
