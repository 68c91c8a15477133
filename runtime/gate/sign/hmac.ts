import { hmacOf } from '../../hmac.ts';
import type { Body } from '../body.ts';
import type { FetchRequest } from '../fetch-request.ts';
import type { HeaderPair } from '../headers.ts';
import type { HmacSpec } from './sign-spec.ts';

const NOTHING = new Uint8Array();

/** The header with the signature, and the one with the time of signing if the options name one. `now`: milliseconds since 1970. */
export async function hmacHeaders(
  spec: HmacSpec,
  request: FetchRequest,
  now: number,
): Promise<readonly HeaderPair[]> {
  const timestamp = `${Math.floor(now / 1000)}`;
  const parts = fill(spec.template, request, timestamp);
  const key = keyOf(spec);
  const signature = (await hmacOf(spec.algorithm, key, parts)).toString(spec.encoding);
  const prefix = spec.prefix.replaceAll('{timestamp}', timestamp);
  const header: HeaderPair = [spec.header.toLowerCase(), `${prefix}${signature}`];
  const { timestamp_header: name } = spec;
  return name === undefined ? [header] : [header, [name.toLowerCase(), timestamp]];
}

/**
 * The whole value or nothing: Node.js stops at the first character that is not hexadecimal, and a signature made with the few
 * bytes before it would give them away.
 */
function keyOf({ secret, secret_encoding: encoding }: HmacSpec): Buffer {
  const key = Buffer.from(secret, encoding);
  if (key.length > 0 && (encoding === 'utf8' || isWhole(key, secret, encoding))) return key;
  throw new TypeError(`fetch cannot sign: sign.secret is not ${encoding}`);
}

function isWhole(key: Buffer, text: string, encoding: 'base64' | 'hex'): boolean {
  if (encoding === 'hex') return key.length * 2 === text.length;
  const plain = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  return key.toString('base64').replace(/=+$/, '') === plain;
}

/** The template with what stands for `{timestamp}` (seconds), `{method}`, `{path}` (with its query) and `{body}`. */
function fill(template: string, { method, destination, body }: FetchRequest, timestamp: string): Body[] {
  const { pathname, search } = destination.url;
  const known: Readonly<Record<string, string | Body>> = {
    '{timestamp}': timestamp,
    '{method}': method,
    '{path}': `${pathname}${search}`,
    '{body}': body ?? NOTHING,
  };
  return template
    .split(/(\{[a-z]+\})/)
    .map((part) => known[part] ?? part)
    .map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part));
}
