import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { printable } from '../printable.ts';

export interface AuthorizeOptions {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Key of a secret of the project; left out for a client without one. */
  readonly clientSecret?: string;
  readonly clientAuth?: string;
  readonly scope?: string;
}

/** Begins to connect a sealed secret to an OAuth 2 provider: prints the address that a person opens to agree. */
export async function authorizeSecret(
  { connect, output }: CommandContext,
  slug: string,
  key: string,
  { authorizeUrl, tokenUrl, clientId, clientSecret, clientAuth, scope }: AuthorizeOptions,
): Promise<void> {
  const client = await connect();
  const answer = await client.send('POST', route`/projects/${slug}/secrets/${key}/authorize`, {
    authorize_url: authorizeUrl,
    token_url: tokenUrl,
    client_id: clientId,
    client_secret: clientSecret,
    client_auth: clientAuth,
    scope,
  });
  const begun = answer as { readonly url: string; readonly state: string; readonly expires_at: string };
  const redirect = URL.parse(begun.url)?.searchParams.get('redirect_uri') ?? '';
  output.note(
    printable(
      `Open this in a browser before ${begun.expires_at}, and agree. The provider has to know ${redirect} as an address to send people back to.`,
    ),
  );
  output.result(begun, () => printable(begun.url));
}
