import { z } from 'zod';

const LONGEST = 4096;
/** Names of unknown options are repeated in a message. */
const LONGEST_MESSAGE = 300;
const LONGEST_SECRET = 64 * 1024;
const HEADER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,99}$/;
/** What `template` of HMAC may not hold: all but these between braces. */
const PARTS = /\{(?!(?:timestamp|method|path|body)\})/;
/** And `prefix`, which is sent: a path can hold a sealed secret that may not stand in a header. */
const PARTS_SENT = /\{(?!timestamp\})/;

const text = z.string().max(LONGEST);
/** Code writes `?? ''` where a secret has no value yet. */
const EMPTY = 'is empty; when it comes from a secret, set that';
const needed = text.min(1, EMPTY);
const key = z.string().min(1, EMPTY).max(LONGEST_SECRET);
const headerName = z.string().regex(HEADER_NAME, 'must be the name of a header');
/** Each `{body}` is hashed, by the server. */
const MOST_BODIES = 2;
const template = text
  .refine((value) => !PARTS.test(value), {
    error: 'may hold {timestamp}, {method}, {path} and {body}, and no other brace',
  })
  .refine((value) => value.split('{body}').length - 1 <= MOST_BODIES, {
    error: `may hold {body} ${MOST_BODIES} times at most`,
  });

const basic = z.strictObject({
  type: z.literal('basic'),
  user: text,
  secret: z.string().max(LONGEST_SECRET),
});

const hmac = z.strictObject({
  type: z.literal('hmac'),
  secret: key,
  secret_encoding: z.enum(['utf8', 'base64', 'hex']).default('utf8'),
  algorithm: z.enum(['sha1', 'sha256', 'sha384', 'sha512']).default('sha256'),
  encoding: z.enum(['hex', 'base64', 'base64url']).default('hex'),
  header: headerName,
  prefix: text
    .refine((value) => !PARTS_SENT.test(value), { error: 'may hold {timestamp}, and no other brace' })
    .default(''),
  template: template.default('{body}'),
  timestamp_header: headerName.optional(),
});

const aws = z.strictObject({
  type: z.literal('aws4'),
  region: needed,
  service: needed,
  access_key_id: needed,
  secret: key,
  session_token: key.optional(),
  unsigned_payload: z.boolean().default(false),
});

const oauth1 = z.strictObject({
  type: z.literal('oauth1'),
  consumer_key: needed,
  consumer_secret: key,
  token: needed.optional(),
  token_secret: key.optional(),
  algorithm: z.enum(['sha1', 'sha256']).default('sha1'),
  realm: text.optional(),
});

const oauth2 = z
  .strictObject({
    type: z.literal('oauth2'),
    grant: z.enum(['client_credentials', 'refresh_token']),
    token_url: needed,
    client_id: needed,
    client_secret: key.optional(),
    client_auth: z.enum(['basic', 'body']).default('basic'),
    refresh_token: key.optional(),
    scope: needed.optional(),
  })
  .refine(({ grant, refresh_token }) => (grant === 'refresh_token') === (refresh_token !== undefined), {
    path: ['refresh_token'],
    error: 'belongs to the grant refresh_token, which needs it',
  })
  .refine(({ grant, client_secret }) => grant === 'refresh_token' || client_secret !== undefined, {
    path: ['client_secret'],
    error: 'is needed by the grant client_credentials',
  });

const spec = z.discriminatedUnion('type', [basic, hmac, aws, oauth1, oauth2], {
  error: (issue) =>
    issue.code === 'invalid_union' ? 'must be basic, hmac, aws4, oauth1 or oauth2' : undefined,
});

export type BasicSpec = z.output<typeof basic>;
export type HmacSpec = z.output<typeof hmac>;
export type AwsSpec = z.output<typeof aws>;
export type OAuth1Spec = z.output<typeof oauth1>;
export type OAuth2Spec = z.output<typeof oauth2>;

/** How a request is signed. Texts may be placeholders of sealed secrets. */
export type SignSpec = BasicSpec | HmacSpec | AwsSpec | OAuth1Spec | OAuth2Spec;

/** The option `sign` of a request; null when there is none. Throws a TypeError that names what is wrong, never a value. */
export function parseSign(value: unknown): SignSpec | null {
  if (value === undefined || value === null) return null;
  const parsed = spec.safeParse(value);
  if (parsed.success) return Object.freeze(parsed.data);
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'sign' : `sign.${issue.path.join('.')}`;
  const message = `${place}: ${issue?.message ?? 'is not valid'}`;
  throw new TypeError(`fetch cannot sign: ${message.slice(0, LONGEST_MESSAGE)}`);
}
