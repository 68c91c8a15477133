import { MAX_REQUEST_HEADERS } from './limits.ts';

export type HeaderPair = readonly [name: string, value: string];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible characters, spaces and tabs, and the upper half of Latin-1; not at the ends. */
const VALUE = /^$|^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
const LONGEST_METHOD = 32;

/** Belong to the connection, which is the gate's. As browsers do, they are left out of requests without a word. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const FORBIDDEN_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);
const USUAL_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Sent unless the request has its own. */
const DEFAULTS: readonly HeaderPair[] = [
  ['accept', '*/*'],
  ['accept-encoding', 'gzip, deflate, br'],
  ['user-agent', 'sluice'],
];

/** The method as it is sent: the usual ones in upper case. Throws a TypeError for those that are not allowed. */
export function checkMethod(method: unknown): string {
  if (typeof method !== 'string' || !TOKEN.test(method) || method.length > LONGEST_METHOD) {
    throw new TypeError('fetch cannot read the method');
  }
  const upper = method.toUpperCase();
  if (FORBIDDEN_METHODS.has(upper)) throw new TypeError(`fetch does not send the method ${upper}`);
  return USUAL_METHODS.has(upper) ? upper : method;
}

/**
 * The headers as they are sent: names in lower case, defaults added, those of the connection left out.
 * Throws a TypeError for what is no header; its message leaves the value out, which may be a secret.
 */
export function checkHeaders(headers: unknown): readonly HeaderPair[] {
  if (!Array.isArray(headers)) throw new TypeError('fetch takes headers as a list of pairs');
  const checked = headers.map(checkHeader);
  const size = checked.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  if (size > MAX_REQUEST_HEADERS) {
    throw new TypeError(`The headers of a request are larger than ${MAX_REQUEST_HEADERS} bytes`);
  }
  const sent = checked.filter(([name]) => !isOfConnection(name));
  const missing = DEFAULTS.filter(([name]) => !sent.some(([given]) => given === name));
  return [...sent, ...missing];
}

function checkHeader(pair: unknown): HeaderPair {
  const [name, value]: unknown[] = Array.isArray(pair) && pair.length === 2 ? pair : [];
  if (typeof name !== 'string' || !TOKEN.test(name))
    throw new TypeError('fetch cannot read the name of a header');
  if (typeof value !== 'string' || !VALUE.test(value)) {
    throw new TypeError(
      `The value of the header "${name.length > 100 ? 'with a long name' : name}" has a character that is not allowed`,
    );
  }
  return [name.toLowerCase(), value];
}

const isOfConnection = (name: string): boolean =>
  OF_THE_CONNECTION.has(name) || name.startsWith('proxy-') || name.startsWith(':');

/** Headers of an answer as its raw list of names and values, without those of the connection. */
export function readHeaders(raw: readonly (string | Uint8Array)[]): readonly HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = latin1(raw[index]).toLowerCase();
    if (name === 'content-length' || !isOfConnection(name)) pairs.push([name, latin1(raw[index + 1])]);
  }
  return pairs;
}

const latin1 = (text: string | Uint8Array = ''): string =>
  typeof text === 'string' ? text : Buffer.from(text).toString('latin1');

/** All values of a header as one list; empty when there is none. */
export const listHeader = (headers: readonly HeaderPair[], name: string): readonly string[] =>
  headers
    .filter(([given]) => given === name)
    .flatMap(([, value]) => value.split(','))
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '');

/** `application/json` of `Application/JSON; charset=utf-8`; empty when there is no content type. */
export function mediaTypeOf(headers: readonly HeaderPair[]): string {
  const [type = ''] = (listHeader(headers, 'content-type')[0] ?? '').split(';');
  return type.trim();
}

export const withoutHeaders = (
  headers: readonly HeaderPair[],
  names: readonly string[],
): readonly HeaderPair[] => headers.filter(([name]) => !names.includes(name));
