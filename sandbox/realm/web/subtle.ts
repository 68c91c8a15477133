import { copyOf, isBytes } from './bytes.ts';
import { bytesOfKey, CryptoKey, type KeyUsage, makeKey } from './crypto-key.ts';
import { DOMException } from './dom-exception.ts';
import { type HashName, host } from './host.ts';

/** The part of WebCrypto that integrations need: digests, and HMAC over raw keys. */

const HASHES: readonly HashName[] = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

const notSupported = (what: string): DOMException =>
  new DOMException(`${what} is not supported`, 'NotSupportedError');

/** An algorithm is a name, or an object with one; as given: changed, a secret in a message would not be known. */
function nameOf(algorithm: unknown): string {
  const name: unknown =
    typeof algorithm === 'object' && algorithm !== null ? Reflect.get(algorithm, 'name') : algorithm;
  if (name === undefined || name === null) throw new TypeError('An algorithm needs a name');
  return `${name}`;
}

function hashOf(algorithm: unknown): HashName {
  const name = nameOf(algorithm);
  const hash = HASHES.find((known) => known === name.toUpperCase());
  if (hash === undefined) throw notSupported(`The hash ${name}`);
  return hash;
}

function requireHmac(algorithm: unknown): void {
  const name = nameOf(algorithm);
  if (name.toUpperCase() !== 'HMAC') throw notSupported(`The algorithm ${name}`);
}

function bytesOf(data: unknown): Uint8Array {
  if (!isBytes(data)) throw new TypeError('An ArrayBuffer or a view of one was expected');
  return copyOf(data);
}

/** The buffer of bytes that the host gave: theirs alone. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => copyOf(bytes).buffer;

function usagesOf(list: unknown): KeyUsage[] {
  const given = Array.from(list as Iterable<unknown>);
  const usages = (['sign', 'verify'] as const).filter((usage) => given.includes(usage));
  const strange = given.find((usage) => usage !== 'sign' && usage !== 'verify');
  if (strange !== undefined || usages.length === 0) {
    throw new DOMException('An HMAC key is for "sign", "verify" or both', 'SyntaxError');
  }
  return usages;
}

function hashOfKey(algorithm: unknown, key: unknown, usage: KeyUsage): [CryptoKey, HashName] {
  requireHmac(algorithm);
  if (!(key instanceof CryptoKey)) throw new TypeError('A CryptoKey was expected');
  if (!key.usages.includes(usage))
    throw new DOMException(`The key is not for "${usage}"`, 'InvalidAccessError');
  return [key, key.algorithm.hash.name];
}

export const subtle = {
  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    return bufferOf(host.digest(hashOf(algorithm), bytesOf(data)));
  },

  async importKey(
    format: unknown,
    data: unknown,
    algorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey> {
    if (format !== 'raw') throw notSupported(`The key format ${`${format}`}`);
    requireHmac(algorithm);
    const bytes = bytesOf(data);
    const hash = hashOf(Reflect.get(Object(algorithm), 'hash'));
    const fields = { bytes, hash, extractable: Boolean(extractable), usages: usagesOf(usages) };
    if (bytes.length === 0) throw new DOMException('The key is empty', 'DataError');
    return makeKey(fields);
  },

  async sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    const [signer, hash] = hashOfKey(algorithm, key, 'sign');
    return bufferOf(host.hmac(hash, bytesOfKey(signer), bytesOf(data)));
  },

  async verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): Promise<boolean> {
    const [verifier, hash] = hashOfKey(algorithm, key, 'verify');
    return host.hmacMatches(hash, bytesOfKey(verifier), bytesOf(data), bytesOf(signature));
  },
};
