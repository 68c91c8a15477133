import { randomBytes } from 'node:crypto';
import type { Seals } from '../../sealed/seals.ts';
import type { FetchRequest } from '../fetch-request.ts';
import { checkHeaders, type HeaderPair, withoutHeaders } from '../headers.ts';
import type { Policy } from '../policy.ts';
import { awsHeaders } from './aws4.ts';
import { hmacHeaders } from './hmac.ts';
import { oauth1Header } from './oauth1.ts';
import { reveal } from './reveal.ts';
import type { SignSpec } from './sign-spec.ts';

export interface SignOptions {
  readonly seals: Seals;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The request with the headers that `sign` asks for, made over exactly what is sent; they replace headers of the same name.
 * Throws a `Refusal` when a sealed secret may not be used for it.
 */
export async function signed(
  request: FetchRequest,
  { seals, policy, now }: SignOptions,
): Promise<FetchRequest> {
  if (request.sign === null) return request;
  const spec = await reveal(request.sign, seals, request.destination, policy);
  const added = await headersOf(spec, request, now());
  const kept = withoutHeaders(
    request.headers,
    added.map(([name]) => name),
  );
  return Object.freeze({ ...request, headers: checkHeaders([...kept, ...added]) });
}

async function headersOf(spec: SignSpec, request: FetchRequest, now: number): Promise<readonly HeaderPair[]> {
  switch (spec.type) {
    case 'basic':
      return [
        ['authorization', `Basic ${Buffer.from(`${spec.user}:${spec.secret}`, 'utf8').toString('base64')}`],
      ];
    case 'hmac':
      return hmacHeaders(spec, request, now);
    case 'aws4':
      return awsHeaders(spec, request, now);
    case 'oauth1': {
      const nonce = randomBytes(16).toString('hex');
      return [['authorization', oauth1Header(spec, request, Math.floor(now / 1000), nonce)]];
    }
  }
}
