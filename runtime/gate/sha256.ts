import { hash, webcrypto } from 'node:crypto';

/** Larger data is hashed on another thread. */
const HASHED_HERE = 256 * 1024;

/** In lower-case hexadecimal. */
export async function sha256Of(data: Uint8Array): Promise<string> {
  if (data.byteLength <= HASHED_HERE) return hash('sha256', data, 'hex');
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', Buffer.from(data))).toString('hex');
}
