import { hash } from 'node:crypto';
import type { Crossing } from '../crossing.ts';
import { parseDestination, shortName } from '../destination.ts';
import type { Answer } from '../exchange.ts';
import type { FetchRequest } from '../fetch-request.ts';
import type { OAuth2Spec } from './sign-spec.ts';
import type { Token } from './tokens.ts';

/** Sends a request as every other request is sent: judged, written to the ledger, with sealed secrets put in. */
export type SendRequest = (request: FetchRequest) => Promise<Answer>;

const LONGEST_ANSWER = 64 * 1024;
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
/** For answers that do not say how long a token lasts. */
const USUAL_SECONDS = 300;
const LONGEST_SECONDS = 24 * 3600;
/** A token is used up to this long before it ends, or up to a tenth of its time. */
const MARGIN_SECONDS = 60;

/**
 * The access token for a request, from memory or from `token_url`. `given` are the options as the request has them, `revealed`
 * the same with the values of sealed secrets, by which tokens are told apart. Throws a TypeError that says what the token's
 * server answered, and whatever `send` throws.
 */
export async function accessToken(
  { tokens, now, origin, signal }: Pick<Crossing, 'tokens' | 'now' | 'origin' | 'signal'>,
  given: OAuth2Spec,
  revealed: OAuth2Spec,
  send: SendRequest,
): Promise<string> {
  const key = hash('sha256', JSON.stringify([origin.project.project.id, Object.entries(revealed)]), 'hex');
  return tokens.get(key, now, signal, async () => {
    const request = tokenRequest(given);
    const place = shortName(request.destination);
    return readToken(await send(request), place, now(), revealed.refresh_token);
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

/** By RFC 6749, sections 4.4.2 and 6; the client is named in `Authorization`, or in the body where servers want that. */
function tokenRequest(spec: OAuth2Spec): FetchRequest {
  const form = new URLSearchParams({ grant_type: spec.grant });
  if (spec.refresh_token !== undefined) form.set('refresh_token', spec.refresh_token);
  if (spec.scope !== undefined) form.set('scope', spec.scope);
  const inBody = spec.client_auth === 'body';
  if (inBody) {
    form.set('client_id', spec.client_id);
    form.set('client_secret', spec.client_secret);
  }
  return Object.freeze({
    method: 'POST',
    destination: parseDestination(spec.token_url),
    headers: [
      ['accept', 'application/json'],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['user-agent', 'sluice'],
    ] as const,
    body: Buffer.from(form.toString(), 'utf8'),
    sign: inBody ? null : { type: 'basic' as const, user: spec.client_id, secret: spec.client_secret },
  });
}

function readToken(
  { status, body }: Answer,
  place: string,
  now: number,
  refreshToken: string | undefined,
): Token {
  const answer = readAnswer(body);
  const failed = (what: string) => new TypeError(`fetch cannot get an access token: ${place} ${what}`);
  if (status !== 200) throw failed(`answered ${status}${codeOf(answer.error)}`);
  const { access_token: text, token_type: type, expires_in: expires, refresh_token: next } = answer;
  if (typeof text !== 'string' || !TOKEN.test(text)) throw failed('answered without a token');
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') throw failed('gave no bearer token');
  if (next !== undefined && refreshToken !== undefined && next !== refreshToken) {
    throw failed('gave another refresh token, which this version cannot keep. Ask for one that stays valid');
  }
  const given = Number(expires ?? USUAL_SECONDS);
  const seconds = Number.isFinite(given) ? Math.min(Math.max(given, 0), LONGEST_SECONDS) : USUAL_SECONDS;
  const until = now + 1000 * (seconds - Math.min(MARGIN_SECONDS, seconds / 10));
  return Object.freeze({ text, until });
}

function readAnswer(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.byteLength > LONGEST_ANSWER) return {};
  try {
    const answer: unknown = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
    );
    return typeof answer === 'object' && answer !== null ? { ...answer } : {};
  } catch {
    return {};
  }
}

/** The error codes of RFC 6749 are such words; anything else is left out. */
const codeOf = (error: unknown): string =>
  typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
