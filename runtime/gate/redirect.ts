import { parseDestination } from './destination.ts';
import type { FetchRequest } from './fetch-request.ts';
import { type HeaderPair, withoutHeaders } from './headers.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS = ['authorization', 'cookie', 'proxy-authorization'];
const OF_THE_BODY = ['content-encoding', 'content-language', 'content-location', 'content-type'];

/** Where an answer sends the request on to, as it is written there; undefined when it does not. */
export function locationOf(status: number, headers: readonly HeaderPair[]): string | undefined {
  if (!REDIRECTS.has(status)) return undefined;
  const location = headers.find(([name]) => name === 'location')?.[1];
  return location === undefined ? undefined : Buffer.from(location, 'latin1').toString('utf8');
}

/**
 * The request that follows a redirect, as the fetch standard rewrites it: 303, and 301 or 302 after POST, become GET
 * without a body. At another origin it has no credentials: neither the usual headers, nor any that `isSecret` tells, nor a signature.
 * Throws a TypeError for a location that cannot be fetched.
 */
export function redirected(
  request: FetchRequest,
  status: number,
  location: string,
  isSecret: (value: string) => boolean,
): FetchRequest {
  const destination = parseDestination(location, request.destination.url);
  const sameOrigin = destination.url.origin === request.destination.url.origin;
  const headers = sameOrigin ? request.headers : withoutCredentials(request.headers, isSecret);
  const sign = sameOrigin ? request.sign : null;
  if (!becomesGet(request.method, status)) return Object.freeze({ ...request, destination, headers, sign });
  return Object.freeze({
    method: 'GET',
    destination,
    headers: withoutHeaders(headers, OF_THE_BODY),
    body: null,
    sign,
  });
}

const withoutCredentials = (
  headers: readonly HeaderPair[],
  isSecret: (value: string) => boolean,
): readonly HeaderPair[] =>
  withoutHeaders(headers, CREDENTIALS).filter(([name, value]) => !isSecret(value) && !isSecret(name));

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}
