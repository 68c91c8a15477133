import { randomBytes } from 'node:crypto';
import type { Seals } from '../../sealed/seals.ts';
import type { FetchRequest } from '../fetch-request.ts';
import { checkHeaders, type HeaderPair, withoutHeaders } from '../headers.ts';
import type { Policy } from '../policy.ts';
import { awsHeaders } from './aws4.ts';
import { hmacHeaders } from './hmac.ts';
import { oauth1Header } from './oauth1.ts';
import { reveal } from './reveal.ts';
import type { OAuth2Spec, SignSpec } from './sign-spec.ts';

export interface SignOptions {
  readonly seals: Seals;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Gets an access token; the options as they were given, and with the values of sealed secrets. */
  accessToken(given: OAuth2Spec, revealed: OAuth2Spec): Promise<string>;
}

/**
 * The request with the headers that `sign` asks for, made over exactly what is sent; they replace headers of the same name.
 * Throws a `Refusal` when a sealed secret may not be used for it.
 */
export async function signed(request: FetchRequest, options: SignOptions): Promise<FetchRequest> {
  if (request.sign === null) return request;
  const added = await headersOf(request, request.sign, options);
  const kept = withoutHeaders(
    request.headers,
    added.map(([name]) => name),
  );
  return Object.freeze({ ...request, headers: checkHeaders([...kept, ...added]) });
}

async function headersOf(
  request: FetchRequest,
  sign: SignSpec,
  { seals, policy, now, accessToken }: SignOptions,
): Promise<readonly HeaderPair[]> {
  const revealed = <Spec extends SignSpec>(spec: Spec) => reveal(spec, seals, request.destination, policy);
  switch (sign.type) {
    case 'basic': {
      const { user, secret } = await revealed(sign);
      return [['authorization', `Basic ${Buffer.from(`${user}:${secret}`, 'utf8').toString('base64')}`]];
    }
    case 'hmac':
      return hmacHeaders(await revealed(sign), request, now());
    case 'aws4':
      return awsHeaders(await revealed(sign), request, now());
    case 'oauth1': {
      const nonce = randomBytes(16).toString('hex');
      const header = oauth1Header(await revealed(sign), request, Math.floor(now() / 1000), nonce);
      return [['authorization', header]];
    }
    case 'oauth2':
      return [['authorization', `Bearer ${await accessToken(sign, await revealed(sign))}`]];
  }
}
