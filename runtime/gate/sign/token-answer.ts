import type { Body } from '../body.ts';
import type { Token } from './tokens.ts';

const LONGEST_ANSWER = 64 * 1024;
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
const REFRESH_TOKEN = /^[\x20-\x7e]{1,16384}$/;
/** For answers that do not say how long a token lasts. */
const USUAL_SECONDS = 300;
const LONGEST_SECONDS = 24 * 3600;
/** A token is used up to this long before it ends, or up to a tenth of its time. */
const MARGIN_SECONDS = 60;

/** What a token's server gave, by RFC 6749, section 5.1. */
export interface TokenAnswer {
  readonly token: Token;
  /** Undefined when there is none in the answer: the one that was used stays valid. */
  readonly refreshToken: string | undefined;
}

/** Reads the answer of a token's server. Throws a TypeError with a message that `failed` makes; it never holds a token. */
export function readTokenAnswer(
  { status, body }: { readonly status: number; readonly body: Body },
  now: number,
  failed: (what: string) => TypeError,
): TokenAnswer {
  const answer = readAnswer(body);
  if (status !== 200) throw failed(`answered ${status}${codeOf(answer.error)}`);
  const { access_token: text, token_type: type, expires_in: expires, refresh_token: next } = answer;
  if (typeof text !== 'string' || !TOKEN.test(text)) throw failed('answered without a token');
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') throw failed('gave no bearer token');
  if (next !== undefined && next !== null && !isRefreshToken(next)) {
    throw failed('gave a refresh token that is none');
  }
  const given = Number(expires ?? USUAL_SECONDS);
  const seconds = Number.isFinite(given) ? Math.min(Math.max(given, 0), LONGEST_SECONDS) : USUAL_SECONDS;
  const until = now + 1000 * (seconds - Math.min(MARGIN_SECONDS, seconds / 10));
  return Object.freeze({ token: Object.freeze({ text, until }), refreshToken: next ?? undefined });
}

const isRefreshToken = (value: unknown): value is string =>
  typeof value === 'string' && REFRESH_TOKEN.test(value);

function readAnswer(body: Body): Readonly<Record<string, unknown>> {
  if (!(body instanceof Uint8Array) || body.byteLength > LONGEST_ANSWER) return {};
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
