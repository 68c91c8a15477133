import { hash, randomBytes } from 'node:crypto';
import { AppError } from '../app-error.ts';
import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import { findProject, undeclared } from '../project-settings.ts';
import type { Actor } from '../runtime.ts';
import type { PendingConnections } from './pending.ts';
import { whyNotSent } from './whether-sent.ts';

/** What a Manager says of a provider. URLs are absolute. */
export interface ConnectionRequest {
  readonly authorize_url: string;
  readonly token_url: string;
  readonly client_id: string;
  /** Key of a secret of the project. */
  readonly client_secret?: string | undefined;
  readonly client_auth: 'basic' | 'body';
  readonly scope?: string | undefined;
}

/** Where the person goes, and until when they may come back, in milliseconds since 1970. */
export interface BegunConnection {
  readonly url: string;
  readonly state: string;
  readonly expiresAt: number;
}

export interface BeginDeps {
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly pending: PendingConnections;
  readonly redirectUri: string;
}

const LASTS_MS = 10 * 60_000;

/**
 * Begins the authorization code grant with PKCE (RFC 6749, 7636) for a sealed secret. Throws `not_found` (404) for what is not
 * declared, `not_sealed`, `secret_not_set` and, when the gate would not send the code, `blocked` (409).
 */
export async function beginConnection(
  { catalog, clock, pending, redirectUri }: BeginDeps,
  slug: string,
  key: string,
  request: ConnectionRequest,
  actor: Actor,
): Promise<BegunConnection> {
  const live = findProject(catalog, slug);
  const { project, version, secrets } = live;
  const declared = version.manifest.secrets;
  for (const needed of [key, ...(request.client_secret === undefined ? [] : [request.client_secret])]) {
    if (!declared.some((secret) => secret.key === needed)) throw undeclared('secret', needed, slug, declared);
  }
  const refreshed = declared.find((secret) => secret.key === key && secret.sealed);
  if (refreshed === undefined) throw notSealed(key);
  if (request.client_secret !== undefined && !Object.hasOwn(secrets, request.client_secret)) {
    throw new AppError(
      'secret_not_set',
      409,
      `The secret ${request.client_secret} has no value. Set it to the secret of the client first.`,
    );
  }
  const client = declared.find((secret) => secret.key === request.client_secret);
  const blocked = whyNotSent(live, request, { refreshed, client });
  if (blocked !== undefined) throw new AppError('blocked', 409, blocked);
  const verifier = randomBytes(32).toString('base64url');
  const now = clock.now();
  const expiresAt = now + LASTS_MS;
  const {
    token_url: tokenUrl,
    client_id: clientId,
    client_secret: clientSecret,
    client_auth: clientAuth,
  } = request;
  const of = { projectId: project.id, slug, key, tokenUrl, clientId, clientSecret, clientAuth };
  const state = await pending.add({ ...of, verifier, redirectUri, actor, expiresAt }, now);
  return { url: addressOf(request, { redirectUri, state, verifier }), state, expiresAt };
}

/** Parameters of the provider's own, such as `access_type`, stay in the URL. */
function addressOf(
  { authorize_url, client_id, scope }: ConnectionRequest,
  own: { readonly redirectUri: string; readonly state: string; readonly verifier: string },
): string {
  const url = new URL(authorize_url);
  const { searchParams } = url;
  searchParams.set('response_type', 'code');
  searchParams.set('client_id', client_id);
  searchParams.set('redirect_uri', own.redirectUri);
  searchParams.set('state', own.state);
  searchParams.set('code_challenge', hash('sha256', own.verifier, 'base64url'));
  searchParams.set('code_challenge_method', 'S256');
  if (scope !== undefined) searchParams.set('scope', scope);
  return url.href;
}

const notSealed = (key: string): AppError =>
  new AppError(
    'not_sealed',
    409,
    `The secret ${key} is not sealed, so its refresh token could not be replaced. Write "sealed: true", the provider in "hosts" and "in: [body]" in project.yaml.`,
  );
