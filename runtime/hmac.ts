import { createHmac } from 'node:crypto';

/** Bytes hashed at a stretch: about a millisecond. */
const STRETCH = 256 * 1024;

/** HMAC of the parts one after the other. While it goes through large ones, others have their turn. */
export async function hmacOf(
  algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512',
  key: Uint8Array,
  parts: readonly Uint8Array[],
): Promise<Buffer> {
  const hmac = createHmac(algorithm, key);
  for (const part of parts) {
    for (let at = 0; at < part.length; at += STRETCH) {
      if (at > 0) await new Promise(setImmediate);
      hmac.update(part.subarray(at, at + STRETCH));
    }
  }
  return hmac.digest();
}
