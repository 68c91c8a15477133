import { hmacOf } from '../../hmac.ts';
import type { AuthType, WebhookAuth } from '../../project/webhook-spec.ts';
import { isSameDigest, isSameText } from './compare.ts';
import { type HookHead, onlyHeader } from './head.ts';
import { type Scheme, schemeOf } from './schemes.ts';

/** `digest`: of the whole signed text, as hex; null when nothing was signed. */
export type Authenticity =
  | { readonly ok: true; readonly digest: string | null }
  | {
      readonly ok: false;
      readonly step: 'authentication' | 'timestamp';
      readonly reason: string;
    };

const refuse = (reason: string, step: 'authentication' | 'timestamp' = 'authentication') =>
  ({ ok: false, step, reason }) as const;

/**
 * Judges whether a request comes from one who knows a secret of the project. `secrets`: values by key; one that is missing or
 * empty lets nobody in. `now` in milliseconds. The reasons are for people of the project, never for the caller.
 */
export async function authenticate(
  auth: WebhookAuth,
  secrets: Readonly<Record<string, string>>,
  head: HookHead,
  body: Uint8Array,
  now: number,
): Promise<Authenticity> {
  if (auth.type === 'none') return { ok: true, digest: null };
  const values = [auth.secret, auth.previous_secret].flatMap((key) => setValue(secrets, key));
  if (setValue(secrets, auth.secret).length === 0) {
    const message = `the secret ${auth.secret} has no value: a Manager sets it with sluice secrets set`;
    return refuse(message);
  }
  const scheme = schemeOf(auth);
  if (scheme === undefined) {
    const reason = judgeText(auth, values, head);
    return reason === undefined ? { ok: true, digest: null } : refuse(reason);
  }
  return judgeSignature(scheme, auth, values, head, body, now);
}

/** Whether callers show a secret itself, so that who they are is known before the body. */
export const isShown = (auth: WebhookAuth): boolean => auth.type !== 'none' && schemeOf(auth) === undefined;

function setValue(secrets: Readonly<Record<string, string>>, key: string | null): string[] {
  const value = key !== null && Object.hasOwn(secrets, key) ? secrets[key] : undefined;
  return value ? [value] : [];
}

/** The header in which callers send the secret itself, in lower case; undefined for those who sign with it. */
export function secretHeaderOf(type: AuthType): string | undefined {
  if (type === 'telegram') return 'x-telegram-bot-api-secret-token';
  return type === 'basic' || type === 'bearer' ? 'authorization' : undefined;
}

/** Why what the caller shows is not the secret; undefined when it is. */
function judgeText(auth: WebhookAuth, values: readonly string[], head: HookHead): string | undefined {
  const header = secretHeaderOf(auth.type);
  const given = header && onlyHeader(head, header);
  if (given === undefined) return `the header ${header} is missing, or there more than once`;
  const shown = shownBy(auth.type, given);
  if (shown === undefined) return `the header ${header} is not of the kind "${auth.type}"`;
  const wanted = values.map((value) => (auth.type === 'basic' ? `${auth.user}:${value}` : value));
  // Every value is compared, so that the time does not tell which one it was.
  const matches = wanted.map((value) => isSameText(value, shown));
  return matches.includes(true)
    ? undefined
    : `the header ${header} does not have the value that it should have`;
}

function shownBy(type: WebhookAuth['type'], header: string): string | undefined {
  if (type === 'telegram') return header;
  const [, scheme = '', rest = ''] = /^([A-Za-z]+) +(\S+)$/.exec(header) ?? [];
  if (scheme.toLowerCase() !== type) return undefined;
  return type === 'basic' ? Buffer.from(rest, 'base64').toString('utf8') : rest;
}

async function judgeSignature(
  scheme: Scheme,
  auth: WebhookAuth,
  values: readonly string[],
  head: HookHead,
  body: Uint8Array,
  now: number,
): Promise<Authenticity> {
  const signed = scheme.read((name) => onlyHeader(head, name));
  if (typeof signed === 'string') return refuse(signed);
  const keys = values.flatMap((value) => scheme.key(value) ?? []);
  if (keys.length < values.length) {
    const message = 'the value of a secret is no key: it is whsec_ and base64, as the sender shows it';
    return refuse(message);
  }
  const parts = [Buffer.from(signed.before, 'utf8'), body];
  const digests: Buffer[] = [];
  for (const key of keys) digests.push(await hmacOf(scheme.algorithm, key, parts));
  const found = digests.find((digest) =>
    signed.signatures.some((given) => isSameDigest(digest, given, scheme.encoding)),
  );
  if (found === undefined) return refuse('no signature is that of this body by this secret');
  const late = signed.timestamp === null ? undefined : judgeTime(signed.timestamp, auth.tolerance, now);
  if (late !== undefined) return refuse(late, 'timestamp');
  return { ok: true, digest: found.toString('hex') };
}

/** Why a time, seconds as text, is not about now; undefined when it is. */
function judgeTime(text: string, tolerance: number, now: number): string | undefined {
  if (!/^\d{1,12}$/.test(text)) return 'the time of the signature is no number of seconds';
  const off = now - Number(text) * 1000;
  if (Math.abs(off) <= tolerance) return undefined;
  const seconds = Math.round(Math.abs(off) / 1000);
  return off > 0
    ? `it was signed ${seconds} s ago, and the tolerance is ${tolerance / 1000} s`
    : `it was signed ${seconds} s in the future: compare the clocks`;
}
