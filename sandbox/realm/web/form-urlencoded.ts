import { utf8Decode } from './utf8.ts';

/** The format `application/x-www-form-urlencoded`. */

export type Pair = [name: string, value: string];

const LEFT_BY_ENCODE_URI = /[!'()~]|%20/g;
const PERCENT = 0x25;

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(LEFT_BY_ENCODE_URI, (found) =>
    found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function encodeForm(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** Value of two hexadecimal digits, or NaN. */
const hex = (digits: string): number => (/^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : NaN);

/** Escapes that are malformed stay as they are; bytes that are not UTF-8 become U+FFFD. */
function decodeLoosely(text: string): string {
  const source = encodeURI(text.toWellFormed()).replaceAll('%25', '%');
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    const byte = code === PERCENT ? hex(source.slice(at + 1, at + 3)) : NaN;
    bytes[length] = Number.isNaN(byte) ? code : byte;
    length += 1;
    if (!Number.isNaN(byte)) at += 2;
  }
  return utf8Decode(bytes.subarray(0, length), true);
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced.toWellFormed();
  try {
    return decodeURIComponent(spaced).toWellFormed();
  } catch {
    return decodeLoosely(spaced);
  }
}

export function decodeForm(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const piece of text.split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = equals === -1 ? piece : piece.slice(0, equals);
    pairs.push([decode(name), decode(equals === -1 ? '' : piece.slice(equals + 1))]);
  }
  return pairs;
}
