import { createHmac } from 'node:crypto';

/** Bytes hashed at a stretch: about a millisecond. */
const STRETCH = 256 * 1024;

/** HMAC of the parts one after the other. While it goes through large ones, others have their turn. */
export async function hmacOf(
  algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512',
  key: Uint8Array,
  parts: readonly (Uint8Array | AsyncIterable<Uint8Array>)[],
): Promise<Buffer> {
  const hmac = createHmac(algorithm, key);
  for (const part of parts) {
    for await (const piece of part instanceof Uint8Array ? stretchesOf(part) : part) hmac.update(piece);
  }
  return hmac.digest();
}

async function* stretchesOf(part: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < part.length; at += STRETCH) {
    if (at > 0) await new Promise(setImmediate);
    yield part.subarray(at, at + STRETCH);
  }
}
