import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const CLIENT_ID = 'sluice-tests';
export const CLIENT_SECRET = 'the-secret-of-a-client-of-a-provider';
/** The same client, but with its secret in the body; and one without a secret. */
export const CLIENT_ID_IN_BODY = 'sluice-tests-in-body';
export const CLIENT_ID_WITHOUT_SECRET = 'sluice-tests-without-secret';

/** A real OAuth 2 provider on loopback, whose refresh tokens change with each use and that insists on PKCE. */
export interface OAuthProvider extends AsyncDisposable {
  readonly url: string;
  /** Name and port. */
  readonly place: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** How its token endpoint ended, in order: a grant, or an error and what is wrong. */
  readonly events: readonly string[];
  /** All tokens that it gave to somebody, and the codes. */
  readonly tokens: readonly string[];
}

/**
 * Every person who comes is Ann, and agrees; with the state of their request `no` in front she does not. `seconds` says how long an
 * access token lasts that is given now.
 */
export async function startOAuthProvider(
  redirectUri: string,
  seconds: () => number = () => 3600,
): Promise<OAuthProvider> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${place}`;
  const provider = providerAt(url, redirectUri, seconds);
  const events: string[] = [];
  const tokens: string[] = [];
  provider.on('grant.success', (ctx) => {
    events.push(String(ctx.oidc.params?.grant_type));
    const body = ctx.body as Record<string, unknown>;
    for (const name of ['access_token', 'refresh_token']) {
      if (typeof body[name] === 'string') tokens.push(body[name]);
    }
    if (typeof ctx.oidc.params?.code === 'string') tokens.push(ctx.oidc.params.code);
  });
  provider.on('grant.error', (_ctx, error) => events.push(`${error.error}: ${error.error_detail ?? ''}`));
  const callback = provider.callback();
  listener = async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return callback(request, response);
    const { params } = await provider.interactionDetails(request, response);
    const result =
      params.login_hint === 'nobody' ? { error: 'access_denied' } : { login: { accountId: 'ann' } };
    await provider.interactionFinished(request, response, result);
  };
  return {
    url,
    place,
    authorizeUrl: `${url}/auth`,
    tokenUrl: `${url}/token`,
    events,
    tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function providerAt(url: string, redirectUri: string, seconds: () => number): Provider {
  return new Provider(url, {
    clients: [
      { client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
      {
        client_id: CLIENT_ID_IN_BODY,
        client_secret: CLIENT_SECRET,
        token_endpoint_auth_method: 'client_secret_post' as const,
      },
      { client_id: CLIENT_ID_WITHOUT_SECRET, token_endpoint_auth_method: 'none' as const },
    ].map((client) => ({
      ...client,
      redirect_uris: [redirectUri],
      grant_types: [
        'authorization_code',
        'refresh_token',
        ...('token_endpoint_auth_method' in client ? [] : ['client_credentials']),
      ],
      response_types: ['code' as const],
    })),
    ttl: {
      Interaction: 600,
      Grant: 3600,
      Session: 3600,
      AccessToken: seconds,
      ClientCredentials: seconds,
      RefreshToken: 3600,
      IdToken: 600,
    },
    cookies: { keys: ['a key of tests'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });
}

/** Follows the redirects of the provider like a browser, up to the first address elsewhere, which is not visited. */
export async function visit(provider: OAuthProvider, address: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(address);
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${response.status}: ${await response.text()}`);
    at = new URL(location, at);
    if (at.origin !== provider.url) return at;
  }
  throw new Error('The provider redirects for ever.');
}
