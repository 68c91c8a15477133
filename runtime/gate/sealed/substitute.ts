import type { Seals } from '../../sealed/seals.ts';
import type { Body } from '../body.ts';
import type { Hold } from '../budget.ts';
import { type Destination, parseDestination } from '../destination.ts';
import type { FetchRequest } from '../fetch-request.ts';
import { checkHeaders, type HeaderPair } from '../headers.ts';
import { MAX_REQUEST_BODY } from '../limits.ts';
import type { Policy } from '../policy.ts';
import { type FindPlaces, placesOfRequest, requirePlace } from './places.ts';
import { refusePlaces } from './spooled-places.ts';
import { asItIs, inPath, inQuery, writeBytes, writeText, writingOfBody } from './write-values.ts';

export interface SubstituteOptions {
  readonly seals: Seals;
  readonly policy: Policy;
  readonly hold: Hold;
}

/**
 * The request as it is sent: with the values of sealed secrets in the places of their placeholders. Throws a `Refusal` when
 * one of them may not stand there or not go there, and a TypeError when a value does not fit into its place.
 */
export async function substitute(request: FetchRequest, options: SubstituteOptions): Promise<FetchRequest> {
  const find = placesOfRequest(options.seals);
  const destination = await destinationWith(request, options, find);
  const headers = await headersWith(request, options, find);
  const body = await bodyWith(request, options, find);
  return Object.freeze({ ...request, destination, headers, body });
}

async function destinationWith(
  { destination }: FetchRequest,
  { policy }: SubstituteOptions,
  find: FindPlaces,
): Promise<Destination> {
  const { href, origin } = destination.url;
  const places = await find(href);
  if (places.length === 0) return destination;
  for (const { start, secret } of places) {
    requirePlace(secret, start < origin.length ? 'the host of the URL' : 'url', destination, policy);
  }
  const query = href.indexOf('?');
  const isInPath = (start: number) => query === -1 || start < query;
  const written = writeText(href, places, ({ start }) => (isInPath(start) ? inPath : inQuery));
  const sent = parseDestination(written);
  // A value like ".." would be read as a step up.
  if (sent.url.href !== written) {
    throw new TypeError(`The value of the sealed secret ${places[0]?.secret.key} cannot stand in a URL`);
  }
  return sent;
}

async function headersWith(
  { destination, headers }: FetchRequest,
  { policy }: SubstituteOptions,
  find: FindPlaces,
): Promise<readonly HeaderPair[]> {
  let found = false;
  const written: HeaderPair[] = [];
  for (const [name, value] of headers) {
    for (const { secret } of await find(name)) {
      requirePlace(secret, 'the name of a header', destination, policy);
    }
    const places = await find(value);
    for (const { secret } of places) requirePlace(secret, 'header', destination, policy);
    found ||= places.length > 0;
    written.push([name, writeText(value, places, () => asItIs)]);
  }
  return found ? checkHeaders(written) : headers;
}

async function bodyWith(
  { destination, headers, body }: FetchRequest,
  { seals, policy, hold }: SubstituteOptions,
  find: FindPlaces,
): Promise<Body | null> {
  if (body === null) return null;
  if (!(body instanceof Uint8Array)) return refusePlaces(body, seals);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const places = await find(bytes);
  if (places.length === 0) return body;
  for (const { secret } of places) requirePlace(secret, 'body', destination, policy);
  const parts = writeBytes(bytes, places, writingOfBody(headers));
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  if (size > MAX_REQUEST_BODY) {
    throw new TypeError(`The body of a request with its secrets is larger than ${MAX_REQUEST_BODY} bytes`);
  }
  hold.add(size);
  return Buffer.concat(parts, size);
}
