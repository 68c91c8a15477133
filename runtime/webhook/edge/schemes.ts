import type { WebhookAuth } from '../../project/webhook-spec.ts';

/** What a sender says beside its body: signatures as text, and what is signed before the body. */
export interface Signed {
  readonly signatures: readonly string[];
  /** Seconds since 1970, as text; null when the scheme has none. */
  readonly timestamp: string | null;
  readonly before: string;
}

/** How one kind of sender signs. */
export interface Scheme {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** A time is signed with the body. */
  readonly timed: boolean;
  /** What is kept out of copies: the headers that signatures are in. */
  readonly headers: readonly string[];
  /** `header` gives the value of a header that is there once. A text says why there is nothing to compare. */
  read(header: (name: string) => string | undefined): Signed | string;
  /** The key of a secret's value; undefined when the value cannot be one. */
  key(secret: string): Uint8Array | undefined;
}

/** More signatures than a sender that changes its secret sends. */
const MOST_SIGNATURES = 10;

const plainKey = (secret: string): Uint8Array => Buffer.from(secret, 'utf8');

/** One header with one signature of the body alone. */
function bodyScheme(
  header: string,
  prefix: string,
  algorithm: Scheme['algorithm'],
  encoding: Scheme['encoding'],
): Scheme {
  return {
    algorithm,
    encoding,
    timed: false,
    headers: [header],
    key: plainKey,
    read: (of) =>
      withPrefix(of(header), header, prefix, (signature) => ({
        signatures: [signature],
        timestamp: null,
        before: '',
      })),
  };
}

/** One header with a signature, one with the time that is signed before the body. */
function timedScheme(
  header: string,
  prefix: string,
  timestampHeader: string,
  before: (timestamp: string) => string,
  { algorithm, encoding }: Pick<Scheme, 'algorithm' | 'encoding'>,
): Scheme {
  return {
    algorithm,
    encoding,
    timed: true,
    headers: [header],
    key: plainKey,
    read(of) {
      const timestamp = of(timestampHeader);
      if (timestamp === undefined) return missing(timestampHeader);
      return withPrefix(of(header), header, prefix, (signature) => ({
        signatures: [signature],
        timestamp,
        before: before(timestamp),
      }));
    },
  };
}

function withPrefix(
  value: string | undefined,
  header: string,
  prefix: string,
  make: (signature: string) => Signed,
): Signed | string {
  if (value === undefined) return missing(header);
  return value.startsWith(prefix)
    ? make(value.slice(prefix.length))
    : `the header ${header} does not begin with "${prefix}"`;
}

const missing = (header: string): string => `the header ${header} is missing, or there more than once`;

/** `t=1492774577,v1=5257a8...,v0=...`: every v1 counts. */
const stripe: Scheme = {
  algorithm: 'sha256',
  encoding: 'hex',
  timed: true,
  headers: ['stripe-signature'],
  key: plainKey,
  read(of) {
    const value = of('stripe-signature');
    if (value === undefined) return missing('stripe-signature');
    const parts = value.split(',', 50).map((part) => part.trim());
    const all = (name: string) =>
      parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
    const [timestamp, ...others] = all('t');
    if (timestamp === undefined || others.length > 0) return 'stripe-signature has no t=, or several';
    return { signatures: all('v1').slice(0, MOST_SIGNATURES), timestamp, before: `${timestamp}.` };
  },
};

/** Standard Webhooks: `v1,<base64>` as often as there are keys, separated by spaces. */
const standard: Scheme = {
  algorithm: 'sha256',
  encoding: 'base64',
  timed: true,
  headers: ['webhook-signature'],
  key(secret) {
    const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
    const key = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
    // One letter alone is no byte, and everybody can sign with no key.
    return key?.length === 0 ? undefined : key;
  },
  read(of) {
    const [id, timestamp, value] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(of);
    if (id === undefined) return missing('webhook-id');
    if (timestamp === undefined) return missing('webhook-timestamp');
    if (value === undefined) return missing('webhook-signature');
    const signatures = value
      .split(' ', MOST_SIGNATURES)
      .filter((part) => part.startsWith('v1,'))
      .map((part) => part.slice('v1,'.length));
    return { signatures, timestamp, before: `${id}.${timestamp}.` };
  },
};

const HEX_SHA256 = { algorithm: 'sha256', encoding: 'hex' } as const;

/** How what came is signed; undefined for ways of authentication that sign nothing. */
export function schemeOf(auth: WebhookAuth): Scheme | undefined {
  switch (auth.type) {
    case 'github':
      return bodyScheme('x-hub-signature-256', 'sha256=', 'sha256', 'hex');
    case 'shopify':
      return bodyScheme('x-shopify-hmac-sha256', '', 'sha256', 'base64');
    case 'dropbox':
      return bodyScheme('x-dropbox-signature', '', 'sha256', 'hex');
    case 'slack':
      return timedScheme(
        'x-slack-signature',
        'v0=',
        'x-slack-request-timestamp',
        (timestamp) => `v0:${timestamp}:`,
        HEX_SHA256,
      );
    case 'stripe':
      return stripe;
    case 'standard':
      return standard;
    case 'hmac':
      return ownScheme(auth);
    default:
      return undefined;
  }
}

function ownScheme({ header, timestamp, prefix, algorithm, encoding }: WebhookAuth): Scheme {
  const name = header ?? '';
  return timestamp === null
    ? bodyScheme(name, prefix, algorithm, encoding)
    : timedScheme(name, prefix, timestamp, (at) => `${at}.`, { algorithm, encoding });
}
