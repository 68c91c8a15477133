import { isBytes, viewOf } from './bytes.ts';
import { DOMException } from './dom-exception.ts';
import { host } from './host.ts';
import { latin1Decode, latin1Encode } from './latin1.ts';
import { utf8Encode } from './utf8.ts';

function decode(text: string): Uint8Array {
  const bytes = host.base64Decode(text);
  if (bytes === null) throw new DOMException('The text is not valid base64', 'InvalidCharacterError');
  return bytes;
}

/** Text whose characters are bytes, as base64. */
export function btoa(text: unknown): string {
  const bytes = latin1Encode(`${text}`, 255);
  if (bytes === null) {
    throw new DOMException('The text has characters outside Latin-1; use b64encode', 'InvalidCharacterError');
  }
  return host.base64Encode(bytes);
}

/** Base64 as text whose characters are bytes. */
export function atob(text: unknown): string {
  return latin1Decode(decode(`${text}`));
}

/** Bytes, or text as UTF-8, in base64. */
export function b64encode(data: unknown): string {
  if (isBytes(data)) return host.base64Encode(viewOf(data));
  if (typeof data === 'string') return host.base64Encode(utf8Encode(data));
  throw new TypeError('b64encode takes text or bytes');
}

/** The bytes of base64; white space is ignored, padding may be missing, the URL-safe alphabet is accepted too. */
export function b64decode(text: unknown): Uint8Array {
  if (typeof text !== 'string') throw new TypeError('b64decode takes text');
  return decode(text.replaceAll('-', '+').replaceAll('_', '/'));
}
