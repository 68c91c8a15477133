import type { Seals } from '../../sealed/seals.ts';
import type { Destination } from '../destination.ts';
import type { Policy } from '../policy.ts';
import { placesOfRequest, requireHost, requirePlace } from '../sealed/places.ts';
import type { SignSpec } from './sign-spec.ts';

/** What becomes of an option that may be a placeholder: it is sent in a header, or a key that is never sent. */
type Use = 'sent' | 'key';

const USES: Readonly<Record<SignSpec['type'], Readonly<Record<string, Use>>>> = {
  basic: { user: 'sent', secret: 'sent' },
  hmac: { secret: 'key' },
  aws4: { access_key_id: 'sent', secret: 'key', session_token: 'sent' },
  oauth1: { consumer_key: 'sent', consumer_secret: 'key', token: 'sent', token_secret: 'key' },
  oauth2: { client_id: 'key', client_secret: 'key', refresh_token: 'key' },
};

/**
 * The options with values in place of placeholders. Throws a `Refusal` when one of the secrets may not go to that
 * destination, may not be sent in a header, or stands in an option that is no secret.
 */
export async function reveal<Spec extends SignSpec>(
  spec: Spec,
  seals: Seals,
  destination: Destination,
  policy: Policy,
): Promise<Spec> {
  const find = placesOfRequest(seals);
  const revealed: Record<string, string> = {};
  for (const [name, option] of Object.entries(spec)) {
    if (typeof option !== 'string') continue;
    const use = USES[spec.type][name];
    const secret = use === undefined ? undefined : seals.secretOf(option);
    if (secret === undefined) {
      for (const place of await find(option)) {
        requirePlace(place.secret, 'the options of sign', destination, policy);
      }
      continue;
    }
    if (use === 'key') requireHost(secret, destination, policy);
    else requirePlace(secret, 'header', destination, policy);
    revealed[name] = secret.value;
  }
  return { ...spec, ...revealed };
}
