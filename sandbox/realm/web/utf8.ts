import { host } from './host.ts';
import { latin1Decode, latin1Encode } from './latin1.ts';

/** Up to this length, ASCII is faster in the realm than by a call of the host. */
const SHORT = 512;

/** Unpaired surrogates become U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
  const ascii = text.length <= SHORT ? latin1Encode(text, 127) : null;
  return ascii ?? host.utf8Encode(text);
}

/** The text of a few ASCII bytes; null for all else. */
export function shortAscii(bytes: Uint8Array): string | null {
  return bytes.length <= SHORT && bytes.every((byte) => byte < 128) ? latin1Decode(bytes) : null;
}

/** The text, without a leading byte order mark unless `keepBOM`; malformed bytes become U+FFFD. */
export function utf8Decode(bytes: Uint8Array, keepBOM = false): string {
  return shortAscii(bytes) ?? host.decode(bytes, 'utf-8', false, keepBOM) ?? '';
}
