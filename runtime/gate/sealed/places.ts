import type { Place } from '../../sealed/placeholder.ts';
import type { SealedValue, Seals } from '../../sealed/seals.ts';
import { type Destination, shortName } from '../destination.ts';
import { MAX_REQUEST_BODY } from '../limits.ts';
import { matchesHost, type Policy } from '../policy.ts';
import { MANAGERS_FILE, Refusal } from '../refusal.ts';

/** In one request. Each may stand for a long value. */
const MOST_PLACES = 100;

/** Where in a request a placeholder stands: a place that `in` of a secret can name, or one where none is ever replaced. */
export type Where =
  | 'header'
  | 'url'
  | 'body'
  | 'the host of the URL'
  | 'the name of a header'
  | 'the options of sign';

/** Finds the placeholders in the parts of one request, one part after the other. */
export type FindPlaces = (data: string | Buffer) => Promise<readonly Place<SealedValue>[]>;

/** Finds up to a bound for all parts of the request together; past it a `Refusal` is thrown. */
export function placesOfRequest(seals: Seals): FindPlaces {
  let count = 0;
  let length = 0;
  return async (data) => {
    const found: Place<SealedValue>[] = [];
    for (const place of seals.places(data)) {
      if (place === null) {
        await new Promise(setImmediate);
        continue;
      }
      found.push(place);
      count += 1;
      length += place.secret.value.length;
      if (count > MOST_PLACES || length > MAX_REQUEST_BODY) throw new Refusal(TOO_MANY);
    }
    return found;
  };
}

const TOO_MANY = `Blocked: the request holds sealed secrets in more than ${MOST_PLACES} places, or in more than ${MAX_REQUEST_BODY} bytes. Send it in parts.`;

/** Throws a `Refusal` unless the secret may stand there in a request to that destination. */
export function requirePlace(
  secret: SealedValue,
  where: Where,
  destination: Destination,
  policy: Policy,
): void {
  requireHost(secret, destination, policy);
  if (where !== 'header' && where !== 'url' && where !== 'body') {
    throw new Refusal(
      `Blocked: the sealed secret ${secret.key} cannot stand in ${where}. Leave it out there.`,
    );
  }
  if (secret.in.includes(where)) return;
  throw new Refusal(
    `Blocked: the sealed secret ${secret.key} may not stand in ${PLACES[where]}. Add "${where}" to "in" of this secret in ${MANAGERS_FILE}`,
  );
}

/** Throws a `Refusal` unless the destination is one of the secret's hosts. */
export function requireHost({ key, hosts }: SealedValue, destination: Destination, { values }: Policy): void {
  if (hosts.some((pattern) => matchesHost(pattern, destination, values))) return;
  const name = shortName(destination);
  throw new Refusal(
    `Blocked: the sealed secret ${key} may not go to ${name}. Add "${name}" to "hosts" of this secret in ${MANAGERS_FILE}`,
  );
}

const PLACES = { header: 'a header', url: 'a URL', body: 'a body' } as const;
