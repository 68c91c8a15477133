import { createHash, createHmac, getRandomValues, timingSafeEqual } from 'node:crypto';
import type { HashName, UrlParts, UrlSetter, WebHost } from './web/host.ts';
import { MAX_HOST_ARGUMENT } from './web/host.ts';

/**
 * The runner's side of the web globals. Every argument comes from user code, so each is checked here again. Results
 * never share a buffer with anything else of this process.
 */

const MAX_RANDOM_BYTES = 65_536;
/** Far beyond what any server takes; a longer text is no URL. */
const MAX_URL_LENGTH = 1024 * 1024;
const HASHES: ReadonlyMap<unknown, string> = new Map([
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);
const SETTERS: ReadonlySet<unknown> = new Set<UrlSetter>([
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
]);

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('A text was expected');
  if (value.length > MAX_HOST_ARGUMENT) throw new RangeError('The text is too long');
  return value;
}

function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('Bytes were expected');
  if (value.byteLength > MAX_HOST_ARGUMENT) throw new RangeError('The data is too large');
  return value;
}

function hashName(value: unknown): string {
  const name = HASHES.get(value);
  if (name === undefined) throw new TypeError('The hash is not known');
  return name;
}

/** Small Buffers are views of a pool that other jobs' data lies in: only the copy may leave. */
const own = (view: Uint8Array): Uint8Array => new Uint8Array(view);

const fits = (...values: (string | undefined)[]): boolean =>
  values.every((value) => value === undefined || value.length <= MAX_URL_LENGTH);

const partsOf = (url: URL): UrlParts => [
  url.href,
  url.origin,
  url.protocol,
  url.username,
  url.password,
  url.host,
  url.hostname,
  url.port,
  url.pathname,
  url.search,
  url.hash,
];

function parseUrl(input: string, base: string | undefined): UrlParts | null {
  const given = [text(input), base === undefined ? undefined : text(base)] as const;
  const url = fits(...given) ? URL.parse(...given) : null;
  return url && partsOf(url);
}

function setUrl(href: string, part: UrlSetter, value: string): UrlParts | null {
  if (!SETTERS.has(part)) throw new TypeError('The part of the URL is not known');
  const assigned = text(value);
  const url = URL.parse(text(href));
  if (url === null || !fits(assigned)) return null;
  try {
    url[part] = assigned;
  } catch {
    return null;
  }
  return partsOf(url);
}

function encodingName(label: string): string | null {
  const known = text(label);
  try {
    return new TextDecoder(known).encoding;
  } catch {
    return null;
  }
}

function decode(data: Uint8Array, encoding: string, fatal: boolean, ignoreBOM: boolean): string | null {
  const decoder = new TextDecoder(text(encoding), { fatal: fatal === true, ignoreBOM: ignoreBOM === true });
  const input = bytes(data);
  try {
    return decoder.decode(input);
  } catch {
    return null;
  }
}

function base64Encode(data: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes(data);
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function base64Decode(value: string): Uint8Array | null {
  const encoded = text(value);
  try {
    return own(Buffer.from(atob(encoded), 'latin1'));
  } catch {
    return null;
  }
}

function randomBytes(length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > MAX_RANDOM_BYTES) {
    throw new RangeError(`At most ${MAX_RANDOM_BYTES} random bytes are given at once`);
  }
  return getRandomValues(new Uint8Array(length));
}

const hmac = (hash: HashName, key: Uint8Array, data: Uint8Array): Buffer =>
  createHmac(hashName(hash), bytes(key)).update(bytes(data)).digest();

/** The functions that a runner offers to its realms. They hold no state and throw errors that name no file. */
export function createWebHost(): WebHost {
  return {
    parseUrl,
    setUrl,
    utf8Encode: (value) => own(new TextEncoder().encode(text(value))),
    encodingName,
    decode,
    base64Encode,
    base64Decode,
    randomBytes,
    digest: (hash, data) => own(createHash(hashName(hash)).update(bytes(data)).digest()),
    hmac: (hash, key, data) => own(hmac(hash, key, data)),
    hmacMatches(hash, key, data, signature) {
      const expected = hmac(hash, key, data);
      return expected.length === bytes(signature).length && timingSafeEqual(expected, signature);
    },
  };
}
