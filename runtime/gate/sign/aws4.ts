import { createHmac, hash } from 'node:crypto';
import { hashOfBody } from '../body.ts';
import type { FetchRequest } from '../fetch-request.ts';
import type { HeaderPair } from '../headers.ts';
import { byNameAndValue, encodeStrictly } from './percent.ts';
import type { AwsSpec } from './sign-spec.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What must be signed, and what nobody on the way changes. */
const isSigned = (name: string): boolean =>
  name === 'content-type' || name === 'content-md5' || name.startsWith('x-amz-');

/** The headers that AWS Signature Version 4 adds to a request. `now`: milliseconds since 1970. */
export async function awsHeaders(
  spec: AwsSpec,
  request: FetchRequest,
  now: number,
): Promise<readonly HeaderPair[]> {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const payload = spec.unsigned_payload ? 'UNSIGNED-PAYLOAD' : await hashOfBody(request.body);
  const added: HeaderPair[] = [['x-amz-date', time]];
  if (spec.service === 's3' || spec.unsigned_payload) added.push(['x-amz-content-sha256', payload]);
  if (spec.session_token !== undefined) added.push(['x-amz-security-token', spec.session_token]);
  const headers = canonicalHeaders(request, added);
  const names = headers.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    canonicalPath(request.destination.url.pathname, spec.service),
    canonicalQuery(request.destination.url.search),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    payload,
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${spec.region}/${spec.service}/aws4_request`;
  const toSign = [ALGORITHM, time, scope, hash('sha256', canonical, 'hex')].join('\n');
  const signature = hmac(signingKey(spec, time.slice(0, 8)), toSign).toString('hex');
  const credential = `${spec.access_key_id}/${scope}`;
  const value = `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return [...added, ['authorization', value]];
}

function canonicalHeaders(
  { destination, headers }: FetchRequest,
  added: readonly HeaderPair[],
): HeaderPair[] {
  const values = new Map<string, string[]>([['host', [destination.url.host]]]);
  const given = headers.filter(([name]) => isSigned(name) && !added.some(([own]) => own === name));
  for (const [name, value] of [...given, ...added]) {
    values.set(name, [...(values.get(name) ?? []), value.trim().replace(/ +/g, ' ')]);
  }
  return [...values].map(([name, all]): HeaderPair => [name, all.join(',')]).sort(byNameAndValue);
}

/** As it is sent, but in the encoding that AWS counts with. S3 takes paths as they are; all others have them encoded once more. */
function canonicalPath(pathname: string, service: string): string {
  if (service === 's3') {
    return pathname
      .split('/')
      .map((segment) => encodeStrictly(decode(segment)))
      .join('/');
  }
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const end = segments.length > 0 && pathname.endsWith('/') ? '/' : '';
  return `/${segments.map(encodeStrictly).join('/')}${end}`;
}

function canonicalQuery(search: string): string {
  return search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
      return [encodeStrictly(decode(name)), encodeStrictly(decode(value.join('=')))];
    })
    .sort(byNameAndValue)
    .map((pair) => pair.join('='))
    .join('&');
}

/** What is no valid escape stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

const signingKey = ({ secret, region, service }: AwsSpec, day: string): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
