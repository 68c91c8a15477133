import { describe, expect, it } from 'vitest';
import { accept, refuse, TASK } from '../../support/manifest.ts';

const yaml = (keys: string) =>
  `secrets: [{key: S}, {key: T}]\n${TASK}      - {type: webhook, name: W, ${keys}}\n`;

describe('a webhook that checks its callers', () => {
  it.each([
    'methods: [POST, GET]',
    'auth: {type: none}',
    'auth: {type: basic, user: shop, secret: S}',
    'auth: {type: hmac, secret: S, header: X-Sign, timestamp: X-Time, tolerance: 1m}',
    'auth: {type: stripe, secret: S, previous_secret: T, tolerance: 1 day}',
    'allow_from: [192.0.2.7, "10.0.0.0/8", "2001:db8::/32"]',
    'dedupe: {json: a.b-c.d_e}',
    'dedupe: {header: X-Id}',
    'dedupe: {header: X-Id, content: none}',
    'auth: {type: shopify, secret: S}, dedupe: {content: topic}',
    'auth: {type: hmac, secret: S, header: X-Sign}, dedupe: {header: X-Id, content: body}',
    'rate: {limit: 60, per: 1m}, max_body: 5MB, max_parts: 3, deliveries: 0',
    'answer: queued, max_body: 1MB',
  ])('may say %s', (keys) => {
    expect(refuse(yaml(keys))).toEqual([]);
  });

  it.each([
    ['methods: [TRACE]', 'must be one of: GET, HEAD'],
    ['auth: {type: github}', 'needs "secret" beside it'],
    ['auth: {type: github, secret: MISSING}', 'names the secret "MISSING", which does not exist'],
    ['auth: {type: github, secret: S, previous_secret: SS}', 'Did you mean "S"?'],
    ['auth: {type: none, secret: S}', 'is "none": remove the secrets'],
    ['auth: {type: basic, secret: S}', 'needs "user" beside it'],
    ['auth: {type: basic, user: "a:b", secret: S}', 'one line without a colon'],
    ['auth: {type: bearer, user: a, secret: S}', 'goes with "type: basic" only'],
    ['auth: {type: hmac, secret: S}', 'needs "header" beside it'],
    ['auth: {type: github, secret: S, algorithm: sha1}', 'go with "type: hmac" only'],
    ['auth: {type: github, secret: S, tolerance: 1m}', 'goes only with what is sent with its time'],
    ['auth: {type: stripe, secret: S, tolerance: 2 days}', 'must be at most 1 day'],
    ['auth: {type: jwt, secret: S}', 'must be one of: none, basic'],
    ['auth: {type: github, secret: S, tolerence: 1m}', 'unknown key "tolerence"'],
    ['allow_from: [10.0.0.0/33]', 'must be an address or a network'],
    ['allow_from: [localhost]', 'must be an address or a network'],
    ['dedupe: {}', 'needs "header", "json" or "content"'],
    ['dedupe: {header: A, json: b}', 'takes "header" or "json", not both'],
    [
      'auth: {type: bearer, secret: S}, dedupe: {content: body}',
      'goes only with callers that sign their body',
    ],
    ['dedupe: {content: body}', 'goes only with callers that sign their body'],
    ['auth: {type: stripe, secret: S}, dedupe: {content: topic}', 'goes with "type: github" and'],
    ['auth: {type: github, secret: S}, dedupe: {content: always}', 'must be one of: body, topic, none'],
    ['dedupe: {json: "a[0]"}', 'must be a path of names'],
    ['rate: {limit: 0, per: 1m}', 'must be at least 1'],
    ['rate: {limit: 1, per: 1ms}', 'at least 1 second'],
    ['answer: later', 'must be one of: now, queued'],
    ['answer: queued, max_body: 2MB', 'must be at most 1MB with "answer: queued"'],
    ['deliveries: 101', 'must be at most 100'],
    ['retries: 3', 'unknown key "retries"'],
  ])('may not say %s, with the line', (keys, message) => {
    const [first = '', ...others] = refuse(yaml(keys));
    expect(others).toEqual([]);
    expect(first).toContain(message);
    expect(first).toMatch(/^8:/);
  });

  it('asks nothing of its callers unless it says so', () => {
    const [trigger] = accept(yaml('active: true')).manifest.tasks[0]?.triggers ?? [];
    expect(trigger).toMatchObject({ methods: [], auth: null, allow_from: [], dedupe: null, answer: 'now' });
  });
});
