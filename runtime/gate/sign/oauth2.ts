import { hash } from 'node:crypto';
import type { Hold } from '../budget.ts';
import type { Crossing } from '../crossing.ts';
import { parseDestination, shortName } from '../destination.ts';
import type { Answer } from '../exchange.ts';
import type { FetchRequest } from '../fetch-request.ts';
import { renewed } from './renewed.ts';
import type { OAuth2Spec } from './sign-spec.ts';
import { readTokenAnswer } from './token-answer.ts';
import type { Token } from './tokens.ts';

/**
 * Sends a request as every other request is sent: judged, written to the ledger, with sealed secrets put in. Its body and its
 * answer count with `hold`, or else with what the request that needs the token counts with.
 */
export type SendRequest = (crossing: Crossing, request: FetchRequest, hold?: Hold) => Promise<Answer>;

/**
 * The access token for a request, from memory or from `token_url`. `given` are the options as the request has them, `revealed`
 * the same with the values of sealed secrets, by which tokens are told apart. Throws a TypeError that says what the token's
 * server answered, and whatever `send` throws.
 */
export async function accessToken(
  crossing: Crossing,
  given: OAuth2Spec,
  revealed: OAuth2Spec,
  send: SendRequest,
): Promise<string> {
  const { tokens, now, origin, signal, kept } = crossing;
  const request = tokenRequest(given);
  const failed = failureAt(shortName(request.destination));
  const projectId = origin.project.project.id;
  const secret = given.refresh_token === undefined ? undefined : origin.seals.secretOf(given.refresh_token);
  if (secret === undefined || kept === undefined) {
    const key = keyOf([projectId, Object.entries(revealed)]);
    const fetchToken = async () =>
      unrenewed(await send(crossing, request), now(), revealed.refresh_token, failed);
    return tokens.get({ projectId, key, now, signal, fetchToken });
  }
  return tokens.get({
    projectId,
    key: keyOf([projectId, secret.key, Object.entries({ ...revealed, refresh_token: '' })]),
    lane: JSON.stringify([projectId, secret.key]),
    now,
    signal,
    of: () => kept.idOf(projectId, secret.key),
    fetchToken: () => renewed({ crossing, kept, secret, request, send, failed }),
  });
}

/** A token that was refused is not used again, however long it was to last. */
export function dropRefusedToken(
  { tokens }: Pick<Crossing, 'tokens'>,
  sent: FetchRequest,
  status: number,
): void {
  if (status !== 401 || sent.sign?.type !== 'oauth2') return;
  const [, value = ''] = sent.headers.find(([name]) => name === 'authorization') ?? [];
  tokens.forget(value.replace(/^Bearer /, ''));
}

const keyOf = (parts: readonly unknown[]): string => hash('sha256', JSON.stringify(parts), 'hex');

const failureAt = (place: string) => (what: string) =>
  new TypeError(`fetch cannot get an access token: ${place} ${what}`);

/** By RFC 6749, sections 4.4.2 and 6; the client is named in `Authorization`, or in the body where servers want that or it has no secret. */
function tokenRequest(spec: OAuth2Spec): FetchRequest {
  const form = new URLSearchParams({ grant_type: spec.grant });
  if (spec.refresh_token !== undefined) form.set('refresh_token', spec.refresh_token);
  if (spec.scope !== undefined) form.set('scope', spec.scope);
  const { client_id: user, client_secret: secret } = spec;
  const sign =
    secret === undefined || spec.client_auth === 'body' ? null : { type: 'basic' as const, user, secret };
  if (sign === null) form.set('client_id', user);
  if (sign === null && secret !== undefined) form.set('client_secret', secret);
  return Object.freeze({
    method: 'POST',
    destination: parseDestination(spec.token_url),
    headers: [
      ['accept', 'application/json'],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['user-agent', 'sluice'],
    ] as const,
    body: Buffer.from(form.toString(), 'utf8'),
    sign,
  });
}

/** For a refresh token that nothing can replace. */
function unrenewed(
  answer: Answer,
  now: number,
  used: string | undefined,
  failed: (what: string) => TypeError,
): Token {
  const { token, refreshToken } = readTokenAnswer(answer, now, failed);
  if (used !== undefined && refreshToken !== undefined && refreshToken !== used) {
    throw failed('gave another refresh token, which only a sealed secret can keep. Use one as refresh_token');
  }
  return token;
}
