/** Text in which every character is one byte. */

/** Arguments of one call of `String.fromCharCode`; more could overflow the stack. */
const CHUNK = 4096;

export function latin1Decode(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/** The bytes, or null when a character is above `max` (255, or 127 for ASCII). */
export function latin1Encode(text: string, max: 127 | 255): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > max) return null;
    bytes[at] = code;
  }
  return bytes;
}
