import { z } from 'zod';
import { ADDRESS_FORM, isAddressOrNetwork } from '../addresses.ts';
import { IDENTIFIER, IDENTIFIER_FORM } from './names.ts';
import { duration, identifier, listOf, optional, section, size, textLike } from './schema-parts.ts';
import {
  AUTH_TYPES,
  type AuthType,
  type Dedupe,
  MOST_LOOKED_AT,
  REMEMBERED_CONTENTS,
} from './webhook-spec.ts';

/** The webhook trigger of project.yaml: what is checked of a request before its handler is started. */

const MB = 1024 * 1024;
const DAY = 24 * 60 * 60 * 1000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const rule = (path: string, error: string) => ({ path: [path], error, when: () => true });
const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

const headerName = textLike(/^[A-Za-z0-9_-]{1,100}$/, 'the name of a header').transform((name) =>
  name.toLowerCase(),
);
const address = z.string().refine(isAddressOrNetwork, `must be ${ADDRESS_FORM}`);

/** Those that are sent with the time at which they were signed. */
const TIMED: readonly AuthType[] = ['hmac', 'stripe', 'slack', 'standard'];
/** Those that sign the body. */
const SIGNED: readonly AuthType[] = ['hmac', 'github', 'stripe', 'slack', 'shopify', 'dropbox', 'standard'];
/** Those that say in a header what the body is about. */
const TOPICS: readonly AuthType[] = ['github', 'shopify'];
const HMAC_KEYS = ['header', 'algorithm', 'encoding', 'prefix', 'timestamp'] as const;

const authSection = section({
  type: z.enum(AUTH_TYPES),
  secret: optional(identifier, null),
  previous_secret: optional(identifier, null),
  user: optional(textLike(/^[^:\p{Cc}]{1,100}$/u, 'one line without a colon'), null),
  header: optional(headerName, null),
  algorithm: optional(z.enum(['sha1', 'sha256', 'sha512']), null),
  encoding: optional(z.enum(['hex', 'base64']), null),
  prefix: optional(textLike(/^[\x21-\x7e]{0,40}$/, 'up to 40 characters without spaces'), null),
  timestamp: optional(headerName, null),
  tolerance: optional(duration(1000, 'at least 1 second'), null),
})
  .refine((own) => own.type === 'none' || isGiven(own.secret), rule('type', 'needs "secret" beside it'))
  .refine(
    (own) => own.type !== 'none' || (!isGiven(own.secret) && !isGiven(own.previous_secret)),
    rule('type', 'is "none": remove the secrets beside it, or say how callers prove that they know them'),
  )
  .refine((own) => own.type !== 'basic' || isGiven(own.user), rule('type', 'needs "user" beside it'))
  .refine((own) => own.type === 'basic' || !isGiven(own.user), rule('user', 'goes with "type: basic" only'))
  .refine((own) => own.type !== 'hmac' || isGiven(own.header), rule('type', 'needs "header" beside it'))
  .refine(
    (own) => own.type === 'hmac' || HMAC_KEYS.every((key) => !isGiven(own[key])),
    rule('type', `is a preset or needs no signature: ${HMAC_KEYS.join(', ')} go with "type: hmac" only`),
  )
  .refine(
    (own) =>
      !isGiven(own.tolerance) ||
      (TIMED.includes(own.type) && (own.type !== 'hmac' || isGiven(own.timestamp))),
    rule(
      'tolerance',
      'goes only with what is sent with its time: stripe, slack, standard, or hmac with "timestamp"',
    ),
  )
  .refine(
    (own) => typeof own.tolerance !== 'number' || own.tolerance <= DAY,
    rule('tolerance', 'must be at most 1 day: ids of deliveries are not remembered longer'),
  );

const auth = optional(
  authSection.transform((own) => ({
    ...own,
    algorithm: own.algorithm ?? ('sha256' as const),
    encoding: own.encoding ?? ('hex' as const),
    prefix: own.prefix ?? '',
    tolerance: own.tolerance ?? 5 * 60_000,
  })),
  null,
);

const dedupe = optional(
  section({
    header: optional(headerName, null),
    json: optional(
      textLike(/^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,9}$/, 'a path of names such as "event.id"'),
      null,
    ),
    content: optional(z.enum(REMEMBERED_CONTENTS), null),
  })
    .refine((own) => isGiven(own.header) || isGiven(own.json) || isGiven(own.content), {
      error: 'needs "header", "json" or "content"',
      when: () => true,
    })
    .refine((own) => !isGiven(own.header) || !isGiven(own.json), {
      error: 'takes "header" or "json", not both',
      when: () => true,
    })
    .transform((own): Dedupe => ({ ...own, json: own.json?.split('.') ?? null })),
  null,
);

const rate = optional(
  section({ limit: z.int().min(1).max(1_000_000), per: duration(1000, 'at least 1 second') }).refine(
    (own) => typeof own.per !== 'number' || own.per <= DAY,
    rule('per', 'must be at most 1 day'),
  ),
  null,
);

const maxBody = size(1, 1024 * MB, 'from 1b to 1GB');

const isRemembered = ({ dedupe }: { readonly dedupe: Dedupe | null }): boolean =>
  isGiven(dedupe?.content) && dedupe?.content !== 'none';

export const webhookSchema = section({
  type: z.literal('webhook'),
  name: textLike(IDENTIFIER, `usable as webhooks.NAME: ${IDENTIFIER_FORM}`),
  active: optional(z.boolean(), true),
  methods: listOf(z.enum(METHODS)),
  auth,
  allow_from: optional(z.array(address).max(1000), []),
  dedupe,
  max_body: optional(maxBody, null),
  max_parts: optional(z.int().min(1).max(1000), null),
  rate,
  answer: optional(z.enum(['now', 'queued']), 'now' as const),
  deliveries: optional(z.int().min(0).max(100), null),
})
  .refine(
    (own) => !isRemembered(own) || SIGNED.includes(own.auth?.type ?? 'none'),
    rule(
      'dedupe',
      'has "content", which goes only with callers that sign their body: hmac and presets that do',
    ),
  )
  .refine(
    (own) => own.dedupe?.content !== 'topic' || TOPICS.includes(own.auth?.type ?? 'none'),
    rule('dedupe', 'has "content: topic", which goes with "type: github" and "type: shopify" only'),
  )
  .refine(
    (own) => own.answer !== 'queued' || typeof own.max_body !== 'number' || own.max_body <= MOST_LOOKED_AT,
    rule('max_body', 'must be at most 1MB with "answer: queued": the request is stored until its job ends'),
  );
