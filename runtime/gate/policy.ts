import { isIP } from 'node:net';
import type { LiveProject } from '../live-project.ts';
import type { EgressEntry, EgressSpec, EgressTerms, HostPattern, RateSpec } from '../project/manifest.ts';
import { type SpecialAddress, sameAddress, specialAddress } from './address.ts';
import { type Destination, fullName, isDefaultPort, shortName, withoutBrackets } from './destination.ts';
import { matchesPath, readingsOf } from './path-readings.ts';
import { MANAGERS_FILE } from './refusal.ts';

/**
 * What a project may reach. Closed by default.
 *
 * An entry of `egress.allow` opens
 * - `api.example.org`: that host on 443 with https and on 80 with http;
 * - `*.example.org`: the same for every host below it, at any depth; not for `example.org` itself, never for addresses;
 * - either with `:port`: that port alone, with http or https, and for dialled sockets;
 * - `{param: KEY}`: scheme, host and port of the http(s) URL that the param holds, or what `host:port` opens when it holds that;
 * - `{host: ...}` or `{param: ...}` with `methods` or `paths`: only requests with one of these and one of those.
 *
 * An entry of `allow_private` is a host or address with its port. It opens that destination by itself, unless `allow`
 * has entries about it that say for what; and it also permits special addresses: those it names, and those a host it
 * names resolves to. Addresses that no host of somebody's network has (metadata services, multicast, translated ones,
 * ...) are permitted only where they are named.
 */
export interface Policy {
  readonly egress: EgressSpec;
  /** Effective values of params. */
  readonly values: Readonly<Record<string, string>>;
}

/** Kinds of addresses that machines in somebody's own network have. */
const OF_A_NETWORK: ReadonlySet<SpecialAddress> = new Set(['loopback', 'private', 'link-local', 'shared']);

/** What a request asks a destination for. Null for a dialled socket, which no entry with methods or paths opens. */
export interface Ask {
  readonly method: string;
  /** As it is sent, without the query. */
  readonly path: string;
}

/** What this version of a project may reach, with its params as they are now. */
export const policyOf = ({ version, values }: Pick<LiveProject, 'version' | 'values'>): Policy => ({
  egress: version.manifest.egress,
  values,
});

/** The sentence that says why a destination is not open to the project; else the rates of the entries that open it. */
export function judgeHost(
  destination: Destination,
  ask: Ask | null,
  { egress, values }: Policy,
): string | readonly RateSpec[] {
  const about = egress.allow
    .filter((entry) => matchesHost(patternOf(entry), destination, values))
    .map(termsOf);
  if (about.length === 0) {
    if (egress.allow_private.some((entry) => names(entry, destination.host, destination.port))) return [];
    return `Blocked: ${shortName(destination)} is not in egress.allow of this project. ${opening(destination)}`;
  }
  const readings = ask === null ? undefined : readingsOf(ask.path);
  const open = about.filter((terms) => opens(terms, ask, readings));
  if (open.length > 0) return open.flatMap(({ rate }) => (rate === undefined ? [] : [rate]));
  return (
    `Blocked: egress.allow of this project opens ${shortName(destination)} for ${shown(about)} only, ` +
    `not for ${ask === null ? 'other protocols than HTTP' : `this ${ask.method}`}. ` +
    `Add what is missing to egress.allow in ${MANAGERS_FILE}`
  );
}

const patternOf = (entry: EgressEntry): HostPattern =>
  typeof entry === 'string' || 'param' in entry ? entry : entry.host;

const NO_TERMS: EgressTerms = {};
const termsOf = (entry: EgressEntry): EgressTerms => (typeof entry === 'string' ? NO_TERMS : entry);

function opens(
  { methods, paths }: EgressTerms,
  ask: Ask | null,
  readings: readonly string[] | undefined,
): boolean {
  if (ask === null) return methods === undefined && paths === undefined;
  if (methods !== undefined && !methods.includes(ask.method)) return false;
  if (paths === undefined) return true;
  return readings?.every((reading) => paths.some((pattern) => matchesPath(pattern, reading))) ?? false;
}

const MOST_SHOWN = 5;

/** `GET or POST at /v1/*`; of long lists the beginning. */
function shown(about: readonly EgressTerms[]): string {
  const texts = about.map(({ methods, paths }) => {
    const where = paths === undefined ? '' : ` at ${few(paths)}`;
    return `${methods === undefined ? 'any method' : few(methods)}${where}`;
  });
  return few(texts, '; ');
}

const few = (texts: readonly string[], between = ' or '): string =>
  `${texts.slice(0, MOST_SHOWN).join(between)}${texts.length > MOST_SHOWN ? `${between}...` : ''}`;

/** What would open a destination. For an address of somebody's own network that is never `egress.allow`. */
function opening(destination: Destination): string {
  const kind = isIP(destination.host) === 0 ? null : specialAddress(destination.host);
  if (kind === null) return `Add "${shortName(destination)}" to egress.allow in ${MANAGERS_FILE}`;
  const entry = fullName(destination);
  return `It is not a public address (${kind}): add "${entry}" to egress.allow_private in ${MANAGERS_FILE}`;
}

/**
 * Null when all `addresses` of the destination may be connected to. One that may not refuses them all: a name with
 * a public and a private address is either a mistake or an attack.
 */
export function refuseAddresses(
  destination: Destination,
  addresses: readonly string[],
  { egress }: Policy,
): string | null {
  const named = egress.allow_private.some((entry) => names(entry, destination.host, destination.port));
  for (const address of addresses) {
    const kind = specialAddress(address);
    if (kind === null || (named && OF_A_NETWORK.has(kind))) continue;
    if (egress.allow_private.some((entry) => names(entry, address, destination.port))) continue;
    return refusalOf(destination, address, kind);
  }
  return null;
}

/** Whether `pattern` is about this destination. Also for the `hosts` of a secret. */
export function matchesHost(
  pattern: HostPattern,
  destination: Destination,
  values: Readonly<Record<string, string>>,
): boolean {
  if (typeof pattern !== 'string') return matchesParam(pattern.param, destination, values);
  const wildcard = pattern.startsWith('*.');
  const place = parsePlace(wildcard ? pattern.slice(2) : pattern);
  if (place === undefined) return false;
  const { host, port } = place;
  if (port === null ? !isDefaultPort(destination) : port !== destination.port) return false;
  if (!wildcard) return host === destination.host;
  return isIP(destination.host) === 0 && destination.host.endsWith(`.${host}`);
}

function matchesParam(
  key: string,
  destination: Destination,
  values: Readonly<Record<string, string>>,
): boolean {
  const value = Object.hasOwn(values, key) ? (values[key] ?? '') : '';
  const place = parsePlace(value);
  if (place !== undefined && place.port !== null)
    return place.host === destination.host && place.port === destination.port;
  const url = URL.parse(value);
  return url !== null && url.origin !== 'null' && url.origin === destination.url.origin;
}

/** Whether an entry of `allow_private` names this host or address with this port. */
function names(entry: string, host: string, port: number): boolean {
  const place = parsePlace(entry);
  if (place === undefined || place.port !== port) return false;
  return place.host === host || sameAddress(place.host, host);
}

/** `host`, `host:port` or `[address]:port`, with the host written as in URLs. */
export function parsePlace(
  text: string,
): { readonly host: string; readonly port: number | null } | undefined {
  const [, name, digits] = /^(\[[^\]]*\]|[^:/?#@\\]+?)(?::(\d+))?$/.exec(text) ?? [];
  const hostname = name === undefined ? undefined : URL.parse(`http://${name}`)?.hostname;
  if (hostname === undefined) return undefined;
  const host = withoutBrackets(hostname.replace(/\.$/, ''));
  return { host, port: digits === undefined ? null : Number(digits) };
}

function refusalOf(destination: Destination, address: string, kind: SpecialAddress): string {
  const place = fullName(destination);
  const isLiteral = isIP(destination.host) !== 0;
  const entry = isLiteral || OF_A_NETWORK.has(kind) ? place : placeOf(address, destination.port);
  return (
    `Blocked: ${place} ${isLiteral ? 'is' : `leads to ${address},`} not a public address (${kind}). ` +
    `Add "${entry}" to egress.allow_private in ${MANAGERS_FILE}`
  );
}

const placeOf = (address: string, port: number): string =>
  isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
