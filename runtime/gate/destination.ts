/** Where a URL leads. */
export interface Destination {
  /** `tcp`: of a dialled socket, whatever is spoken on it. */
  readonly scheme: 'http' | 'https' | 'tcp';
  /** In lower case, in ASCII, without a dot at the end; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Without userinfo and fragment. */
  readonly url: URL;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;
const LONGEST_URL = 16 * 1024;

/**
 * Reads a URL once; everything after works on what was read here and never on its text. `base` resolves a relative
 * one. Throws a TypeError for what is no URL, other schemes than http and https, userinfo, and hosts with empty labels.
 */
export function parseDestination(text: string, base?: URL): Destination {
  const url = parse(text, base);
  const scheme = schemeOf(url);
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('fetch takes no URL with a user name or password; use an Authorization header');
  }
  const name = url.hostname.replace(/\.$/, '');
  if (name === '' || name.split('.').includes(''))
    throw new TypeError('fetch cannot read the host of the URL');
  const port = url.port === '' ? DEFAULT_PORT[scheme] : Number(url.port);
  if (port === 0) throw new TypeError('fetch cannot connect to port 0');
  url.hostname = name;
  url.hash = '';
  return Object.freeze({ scheme, host: withoutBrackets(name), port, url });
}

/** `example.org`, `example.org:8080`, `[::1]:8069`: with the port where it is not the scheme's own. */
export const shortName = ({ url }: Destination): string => url.host;

/** Always with the port: the form `allow_private` takes. */
export const fullName = ({ url, port }: Destination): string => `${url.hostname}:${port}`;

export const isDefaultPort = ({ scheme, port }: Pick<Destination, 'scheme' | 'port'>): boolean =>
  scheme !== 'tcp' && DEFAULT_PORT[scheme] === port;

export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function parse(text: string, base: URL | undefined): URL {
  if (text.length > LONGEST_URL)
    throw new TypeError(`fetch takes no URL longer than ${LONGEST_URL} characters`);
  const url = URL.parse(text, base?.href);
  if (url === null) throw new TypeError('fetch cannot read the URL');
  return url;
}

function schemeOf({ protocol }: URL): 'http' | 'https' {
  if (protocol === 'https:') return 'https';
  if (protocol === 'http:') return 'http';
  throw new TypeError('fetch takes http and https URLs only');
}
