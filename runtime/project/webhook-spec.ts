import type { TriggerBase } from './manifest.ts';

/** The ways in which callers of a webhook can prove who they are. */
export const AUTH_TYPES = [
  'none',
  'basic',
  'bearer',
  'hmac',
  'github',
  'stripe',
  'slack',
  'shopify',
  'telegram',
  'dropbox',
  'standard',
] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** A body that is stored with a queued job, or read for the id in it, has at most so many bytes. */
export const MOST_LOOKED_AT = 1024 * 1024;

/** How callers prove who they are. Keys of secrets, never values; `tolerance` in milliseconds. */
export interface WebhookAuth {
  readonly type: AuthType;
  /** Null for `none` only. */
  readonly secret: string | null;
  /** Also accepted, while a secret is being changed. */
  readonly previous_secret: string | null;
  /** Of `basic`. */
  readonly user: string | null;
  /** Of `hmac`: names are in lower case, and `timestamp` is one of a header too. */
  readonly header: string | null;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  readonly prefix: string;
  readonly timestamp: string | null;
  readonly tolerance: number;
}

/** What of a delivery is remembered besides its id: what was signed, that once for each topic, or nothing. */
export const REMEMBERED_CONTENTS = ['body', 'topic', 'none'] as const;
export type RememberedContent = (typeof REMEMBERED_CONTENTS)[number];

/** Where the id of a delivery is: in a header, its name in lower case, or in a JSON body, as the path to it. Both null: as usual. */
export interface Dedupe {
  readonly header: string | null;
  readonly json: readonly string[] | null;
  /** Null: as usual for the kind of authentication. Undefined in a version that was deployed before it existed. */
  readonly content: RememberedContent | null;
}

/** Of a version that was deployed before they existed, all of these keys are undefined. */
export interface WebhookTrigger extends TriggerBase {
  readonly type: 'webhook';
  /** Empty: all. */
  readonly methods: readonly string[];
  readonly auth: WebhookAuth | null;
  /** Addresses and networks; empty: all. */
  readonly allow_from: readonly string[];
  readonly dedupe: Dedupe | null;
  readonly max_body: number | null;
  readonly max_parts: number | null;
  readonly rate: { readonly limit: number; readonly per: number } | null;
  readonly answer: 'now' | 'queued';
  /** How many deliveries are kept. Null: 20 when any of the keys above is given, else none. */
  readonly deliveries: number | null;
}
