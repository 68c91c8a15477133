const PERCENT = 0x25;
/** `%41` */
const LENGTH = 3;

/** The bytes with `%41` read as `A`; `positions[i]` is where byte `i` was, its last item where all of them ended. */
export interface Unescaped {
  readonly bytes: Uint8Array;
  readonly positions: Uint32Array;
}

/** Undoes percent-encoding once. What is no escape stays as it is. */
export function unescapePercent(source: Uint8Array): Unescaped {
  const bytes = new Uint8Array(source.length);
  const positions = new Uint32Array(source.length + 1);
  let length = 0;
  let at = 0;
  while (at < source.length) {
    const escaped = escapeAt(source, at);
    bytes[length] = escaped < 0 ? (source[at] ?? 0) : escaped;
    positions[length] = at;
    length += 1;
    at += escaped < 0 ? 1 : LENGTH;
  }
  positions[length] = source.length;
  return { bytes: bytes.subarray(0, length), positions: positions.subarray(0, length + 1) };
}

/** The same without positions, of the part of `source` from `from` on; an escape that begins before `to` is read whole. */
export function unescapePart(
  source: Uint8Array,
  from: number,
  to: number,
): { readonly bytes: Uint8Array; readonly end: number } {
  const bytes = new Uint8Array(to - from);
  let length = 0;
  let at = from;
  while (at < to) {
    const escaped = escapeAt(source, at);
    bytes[length] = escaped < 0 ? (source[at] ?? 0) : escaped;
    length += 1;
    at += escaped < 0 ? 1 : LENGTH;
  }
  return { bytes: bytes.subarray(0, length), end: at };
}

const escapeAt = (source: Uint8Array, at: number): number =>
  source[at] === PERCENT ? escapedByte(source[at + 1], source[at + 2]) : -1;

/** The byte that two hexadecimal digits stand for; -1 when they are none. */
export function escapedByte(high: number | undefined, low: number | undefined): number {
  const upper = digitOf(high);
  const lower = digitOf(low);
  return upper < 0 || lower < 0 ? -1 : upper * 16 + lower;
}

function digitOf(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
