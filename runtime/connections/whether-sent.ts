import { parseDestination } from '../gate/destination.ts';
import { judgeHost, policyOf } from '../gate/policy.ts';
import { Refusal } from '../gate/refusal.ts';
import { requirePlace } from '../gate/sealed/places.ts';
import type { LiveProject } from '../live-project.ts';
import type { SecretSpec } from '../project/manifest.ts';
import type { ConnectionRequest } from './begin.ts';

/**
 * Why the gate would not send a code to `token_url`, as it would say it; undefined when it would. Asked before a person is sent to
 * the provider, who would agree in vain. `refreshed` is the secret that is to get the refresh token, `client` that of the client.
 */
export function whyNotSent(
  live: LiveProject,
  { token_url, client_auth }: Pick<ConnectionRequest, 'token_url' | 'client_auth'>,
  { refreshed, client }: { readonly refreshed: SecretSpec; readonly client: SecretSpec | undefined },
): string | undefined {
  try {
    const destination = parseDestination(token_url);
    const policy = policyOf(live);
    const judged = judgeHost(destination, { method: 'POST', path: destination.url.pathname }, policy);
    if (typeof judged === 'string') return judged;
    requirePlace({ ...refreshed, value: '' }, 'body', destination, policy);
    const place = client_auth === 'body' ? 'body' : 'header';
    if (client?.sealed) requirePlace({ ...client, value: '' }, place, destination, policy);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal || error instanceof TypeError) return error.message;
    throw error;
  }
}
