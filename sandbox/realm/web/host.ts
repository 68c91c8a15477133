/**
 * What the web globals ask of the runner process: a few pure functions that JavaScript alone does badly. Calls are
 * synchronous, arguments and results are copied. The runner's side is `../web-host.ts`.
 */

/** href, origin, protocol, username, password, host, hostname, port, pathname, search, hash. */
export type UrlParts = readonly [
  href: string,
  origin: string,
  protocol: string,
  username: string,
  password: string,
  host: string,
  hostname: string,
  port: string,
  pathname: string,
  search: string,
  hash: string,
];

export type UrlSetter =
  | 'href'
  | 'protocol'
  | 'username'
  | 'password'
  | 'host'
  | 'hostname'
  | 'port'
  | 'pathname'
  | 'search'
  | 'hash';

export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface WebHost {
  /** The parts of a URL, or null when it is not one. */
  parseUrl(input: string, base: string | undefined): UrlParts | null;
  /** The parts after one of them was assigned; null when `href` is given no URL, or the value is too long. */
  setUrl(href: string, part: UrlSetter, value: string): UrlParts | null;
  utf8Encode(text: string): Uint8Array;
  /** The standard name of an encoding known by this label, or null. */
  encodingName(label: string): string | null;
  /** The text, or null when `fatal` is set and the bytes are malformed. */
  decode(bytes: Uint8Array, encoding: string, fatal: boolean, ignoreBOM: boolean): string | null;
  base64Encode(bytes: Uint8Array): string;
  /** Decodes as `atob` does, or null when the text is not base64. */
  base64Decode(text: string): Uint8Array | null;
  randomBytes(length: number): Uint8Array;
  digest(hash: HashName, bytes: Uint8Array): Uint8Array;
  hmac(hash: HashName, key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** Compares in constant time. */
  hmacMatches(hash: HashName, key: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** The most characters or bytes that one argument of a host call may hold. */
export const MAX_HOST_ARGUMENT = 32 * 1024 * 1024;

const { apply } = Reflect;

/** An argument that is safe to copy: not too large, and bytes without the rest of the buffer they lie in. */
function checked(value: unknown): unknown {
  if (typeof value === 'string' && value.length > MAX_HOST_ARGUMENT) {
    throw new RangeError(`The text is longer than ${MAX_HOST_ARGUMENT} characters`);
  }
  if (!(value instanceof Uint8Array)) return value;
  if (value.byteLength > MAX_HOST_ARGUMENT) {
    throw new RangeError(`The data is larger than ${MAX_HOST_ARGUMENT} bytes`);
  }
  return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
}

/** Sizes are checked before anything is copied, and an error of the host is made anew: its stack names the host's files. */
function guarded<Arguments extends unknown[], Result>(
  call: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  return (...args) => {
    const copies: unknown[] = [];
    for (let i = 0; i < args.length; i += 1) copies[i] = checked(args[i]);
    let result: Result;
    try {
      result = apply(call, undefined, copies) as Result;
    } catch (error) {
      throw new TypeError(error instanceof Error ? error.message : 'The call failed');
    }
    // The host says so by giving nothing; it tells the runner as well.
    if (result === undefined) throw new RangeError('The time of this job is over.');
    return result;
  };
}

/** The host of this realm. Given once, before any user code runs. */
export let host: WebHost;

export function useHost(given: WebHost): void {
  host = Object.freeze({
    parseUrl: guarded(given.parseUrl),
    setUrl: guarded(given.setUrl),
    utf8Encode: guarded(given.utf8Encode),
    encodingName: guarded(given.encodingName),
    decode: guarded(given.decode),
    base64Encode: guarded(given.base64Encode),
    base64Decode: guarded(given.base64Decode),
    randomBytes: guarded(given.randomBytes),
    digest: guarded(given.digest),
    hmac: guarded(given.hmac),
    hmacMatches: guarded(given.hmacMatches),
  });
}

/** The host from its functions as they are handed over: one after the other, their names as a JSON list. */
export function hostOf(names: string, functions: readonly unknown[]): WebHost {
  const list = JSON.parse(names) as string[];
  return Object.fromEntries(list.map((name, index) => [name, functions[index]])) as unknown as WebHost;
}
