import { createHmac } from 'node:crypto';
import type { FetchRequest } from '../fetch-request.ts';
import { mediaTypeOf } from '../headers.ts';
import { byNameAndValue, encodeStrictly } from './percent.ts';
import type { OAuth1Spec } from './sign-spec.ts';

type Pair = readonly [string, string];

const METHODS = { sha1: 'HMAC-SHA1', sha256: 'HMAC-SHA256' } as const;
/** The fields of a form are signed one by one, sorted: not for any amount. */
const LONGEST_FORM = 64 * 1024;

/** The value of `Authorization` by RFC 5849. `timestamp`: seconds since 1970. Throws a TypeError for too large a form. */
export function oauth1Header(
  spec: OAuth1Spec,
  request: FetchRequest,
  timestamp: number,
  nonce: string,
): string {
  const own: Pair[] = [
    ['oauth_consumer_key', spec.consumer_key],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', METHODS[spec.algorithm]],
    ['oauth_timestamp', `${timestamp}`],
    ['oauth_version', '1.0'],
  ];
  if (spec.token !== undefined) own.push(['oauth_token', spec.token]);
  const key = `${encodeStrictly(spec.consumer_secret)}&${encodeStrictly(spec.token_secret ?? '')}`;
  const signature = createHmac(spec.algorithm, key).update(signatureBase(request, own)).digest('base64');
  const shown: Pair[] = [...own, ['oauth_signature', signature]];
  if (spec.realm !== undefined) shown.unshift(['realm', spec.realm]);
  return `OAuth ${shown.map(([name, value]) => `${name}="${encodeStrictly(value)}"`).join(', ')}`;
}

/** The text that is signed: method, address without its query, and all parameters in order. */
export function signatureBase(request: FetchRequest, own: readonly Pair[]): string {
  const { origin, pathname, searchParams } = request.destination.url;
  const parameters = [...searchParams, ...formOf(request), ...own]
    .map(([name, value]): Pair => [encodeStrictly(name), encodeStrictly(value)])
    .sort(byNameAndValue)
    .map((pair) => pair.join('='))
    .join('&');
  return [request.method, `${origin}${pathname}`, parameters].map(encodeStrictly).join('&');
}

function formOf({ headers, body }: FetchRequest): Iterable<Pair> {
  if (body === null || mediaTypeOf(headers) !== 'application/x-www-form-urlencoded') return [];
  if (body.byteLength > LONGEST_FORM || !(body instanceof Uint8Array)) {
    throw new TypeError(`fetch signs forms of up to ${LONGEST_FORM} bytes with oauth1`);
  }
  return new URLSearchParams(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
}
