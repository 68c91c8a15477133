import { decode } from '../../sandbox/wire/decode.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import type { Gate } from '../gate/gate.ts';
import { readTokenAnswer } from '../gate/sign/token-answer.ts';
import type { LiveProject } from '../live-project.ts';
import { createSeals } from '../sealed/seals.ts';
import type { PendingConnection } from './pending.ts';

/** No key of a manifest has a space. */
const CODE = 'the code';
const VERIFIER = 'the verifier';
const LONGEST_MS = 30_000;

/**
 * The refresh token for a code, undefined when the provider gives none. The request goes through the gate as if Protected
 * Code had sent it: by the project's `egress` and the secret's `hosts`, with a ledger row. Code and verifier are sealed like
 * secrets for it, so that the row does not show them. Rejects with what the gate says, or a TypeError that says what was answered.
 */
export async function exchangeCode(
  { gate, now }: { readonly gate: Pick<Gate, 'call'>; now(): number },
  live: LiveProject,
  pending: PendingConnection,
  code: string,
): Promise<string | undefined> {
  const seals = createSeals(withCode(live, pending, code));
  const { secrets } = seals;
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: secrets[CODE] ?? '',
    code_verifier: secrets[VERIFIER] ?? '',
    redirect_uri: pending.redirectUri,
  });
  const { clientId: user, clientSecret, clientAuth } = pending;
  const secret = clientSecret === undefined ? undefined : (secrets[clientSecret] ?? '');
  const sign = secret === undefined || clientAuth === 'body' ? undefined : { type: 'basic', user, secret };
  if (sign === undefined) form.set('client_id', user);
  if (sign === undefined && secret !== undefined) form.set('client_secret', secret);
  const request = {
    method: 'POST',
    url: pending.tokenUrl,
    headers: [
      ['accept', 'application/json'],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['user-agent', 'sluice'],
    ],
    body: new Uint8Array(Buffer.from(form.toString(), 'utf8')),
    redirect: 'error',
    ...(sign === undefined ? {} : { sign }),
  };
  const signal = AbortSignal.timeout(LONGEST_MS);
  const nobody = { task: null, trigger: null, jobId: null };
  const origin = { project: live, ...nobody, user: pending.actor.name, seals, signal };
  const answer = decode(await gate.call('fetch', encode([request]), origin)) as AnswerOfGate;
  return readTokenAnswer(answer, now(), (what) => new TypeError(`The provider ${what}.`)).refreshToken;
}

interface AnswerOfGate {
  readonly status: number;
  readonly body: Uint8Array;
}

/** The project with two more sealed secrets, which may go where the refresh token may go. */
function withCode(
  { secrets, version }: LiveProject,
  { key, verifier }: PendingConnection,
  code: string,
): Pick<LiveProject, 'secrets' | 'version'> {
  const declared = version.manifest.secrets;
  const hosts = declared.find((secret) => secret.key === key)?.hosts ?? [];
  const sealed = { description: '', sealed: true, hosts, in: ['body'] as const };
  const added = [
    { ...sealed, key: CODE },
    { ...sealed, key: VERIFIER },
  ];
  const manifest = { ...version.manifest, secrets: [...declared, ...added] };
  return {
    secrets: { ...secrets, [CODE]: code, [VERIFIER]: verifier },
    version: { ...version, manifest },
  };
}
