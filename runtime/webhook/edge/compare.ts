import { hash, timingSafeEqual } from 'node:crypto';

/** Whether a text is these bytes in this encoding, in a time that does not depend on where they differ. */
export function isSameDigest(expected: Buffer, given: string, encoding: 'hex' | 'base64'): boolean {
  const form = encoding === 'hex' ? /^[0-9a-f]+$/i : /^[A-Za-z0-9+/]+={0,2}$/;
  if (given.length > 200 || !form.test(given)) return false;
  const bytes = Buffer.from(given, encoding);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

/** Whether two texts are the same, in a time that depends on their lengths only. */
export const isSameText = (one: string, other: string): boolean =>
  timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
