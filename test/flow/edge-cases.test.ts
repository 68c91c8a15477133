import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EDGE_FILES, EDGE_SECRETS } from '../support/edge-project.ts';
import { basic, edgeSenders, event, fresh, seconds, sign } from '../support/edge-senders.ts';
import { type Instance, startInstance } from '../support/instance.ts';

const { KEY, OLD } = EDGE_SECRETS;
let instance: Instance;
let hooks: Readonly<Record<string, string>>;
beforeAll(async () => {
  instance = await startInstance({ flags: { trusted_proxies: '127.0.0.1' } });
  hooks = await instance.deploy('edge', EDGE_FILES);
  for (const [key, value] of Object.entries(EDGE_SECRETS))
    await instance.call('PUT', `/projects/edge/secrets/${key}`, { value });
});
afterAll(() => instance.stop());

const { send, raw, github, stripe, slack, shopify, standard, ownHmac, form, from } = edgeSenders(() => hooks);

async function jobs(): Promise<number> {
  return (await instance.runtime.store.listJobs({ project: 'edge' }, { limit: 1000 })).items.length;
}

/** What is sent, the status that is expected, and how many jobs are made of it. */
const CASES: readonly (readonly [string, () => Promise<{ status: number }>, number, 0 | 1])[] = [
  ['no key of the edge', () => send('OPEN'), 200, 1],
  ['a method that is listed', () => send('POSTS', 'x', {}, 'PUT'), 200, 1],
  ['a method that is not listed', () => send('POSTS', 'x', {}, 'DELETE'), 405, 0],
  ['GET where POST is listed', () => send('POSTS', '', {}, 'GET'), 405, 0],
  ['a method in lower case', () => raw('POSTS', 'post TARGET HTTP/1.1'), 400, 0],
  ['HEAD where POST is listed', () => raw('POSTS', 'HEAD TARGET HTTP/1.1'), 405, 0],
  [
    'a method named by a header',
    () => send('POSTS', 'x', { 'x-http-method-override': 'POST' }, 'PATCH'),
    405,
    0,
  ],
  ['TRACE', () => raw('POSTS', 'TRACE TARGET HTTP/1.1'), 405, 0],
  ['basic: user and secret', () => send('BASIC', 'x', basic(`shop:${KEY}`)), 200, 1],
  ['basic: another user', () => send('BASIC', 'x', basic(`admin:${KEY}`)), 401, 0],
  ['basic: no password', () => send('BASIC', 'x', basic('shop:')), 401, 0],
  ['basic: no header', () => send('BASIC'), 401, 0],
  [
    'basic: twice',
    () =>
      raw(
        'BASIC',
        `POST TARGET HTTP/1.1\r\nContent-Length: 0\r\nAuthorization: ${basic(`shop:${KEY}`).authorization}\r\nAuthorization: Basic eA==`,
      ),
    401,
    0,
  ],
  ['bearer: the secret', () => send('BEARER', 'x', { authorization: `Bearer ${KEY}` }), 200, 1],
  ['bearer: the secret before', () => send('BEARER', 'x', { authorization: `bearer ${OLD}` }), 200, 1],
  [
    'bearer: the secret and one letter',
    () => send('BEARER', 'x', { authorization: `Bearer ${KEY}x` }),
    401,
    0,
  ],
  [
    'bearer: a part of the secret',
    () => send('BEARER', 'x', { authorization: `Bearer ${KEY.slice(1)}` }),
    401,
    0,
  ],
  ['bearer: another scheme', () => send('BEARER', 'x', { authorization: `Token ${KEY}` }), 401, 0],
  ['a secret without a value: nothing', () => send('UNSET'), 401, 0],
  [
    'a secret without a value: an empty token',
    () => send('UNSET', 'x', { authorization: 'Bearer ' }),
    401,
    0,
  ],
  [
    'a secret without a value: "undefined"',
    () => send('UNSET', 'x', { authorization: 'Bearer undefined' }),
    401,
    0,
  ],
  [
    'bearer: no secret, and a body that does not come',
    () => raw('BEARER', 'POST TARGET HTTP/1.1\r\nContent-Length: 1000'),
    401,
    0,
  ],
  ['basic: no secret, and a body that is too large', () => send('BASIC', 'x'.repeat(20_000_000)), 401, 0],
  [
    'Telegram: no secret, and chunks that never end',
    () => raw('TELEGRAM', 'POST TARGET HTTP/1.1\r\nTransfer-Encoding: chunked', '1\r\nx\r\n'),
    401,
    0,
  ],
  ['hmac: signed with its time', () => ownHmac(fresh()), 200, 1],
  ['hmac: without the prefix', () => ownHmac(fresh(), seconds(), ''), 401, 0],
  ['hmac: of an hour ago', () => ownHmac(fresh(), seconds(-3600)), 401, 0],
  ['hmac: a time that is no number', () => ownHmac(fresh(), '1e9'), 401, 0],
  ['GitHub: signed', () => github('{"zen":1}'), 200, 1],
  ['GitHub: signed with the secret before', () => github('{"zen":2}', {}, OLD), 200, 1],
  ['GitHub: unsigned', () => send('GITHUB', '{}', { 'x-github-delivery': fresh() }), 401, 0],
  ['GitHub: signed with nothing', () => github('{}', {}, ''), 401, 0],
  [
    'GitHub: sha1',
    () => github('{}', { 'x-hub-signature-256': `sha1=${sign('{}', 'hex', KEY, 'sha1')}` }),
    401,
    0,
  ],
  [
    'GitHub: a body that was written anew',
    () => send('GITHUB', '{"a": 1}', { 'x-hub-signature-256': `sha256=${sign('{"a":1}')}` }),
    401,
    0,
  ],
  [
    'GitHub: a signature that was cut',
    () => github('{}', { 'x-hub-signature-256': `sha256=${sign('{}').slice(0, 62)}` }),
    401,
    0,
  ],
  [
    'GitHub: the signature twice',
    () =>
      raw(
        'GITHUB',
        `POST TARGET HTTP/1.1\r\nContent-Length: 2\r\nX-Hub-Signature-256: sha256=${sign('{}')}\r\nX-Hub-Signature-256: sha256=00`,
        '{}',
      ),
    401,
    0,
  ],
  [
    'GitHub: two signatures in one header',
    () => github('{}', { 'x-hub-signature-256': `sha256=${sign('{}')}, sha256=00` }),
    401,
    0,
  ],
  ['Stripe: signed', () => stripe(event()), 200, 1],
  [
    'Stripe: one of several v1',
    () => stripe(event(), seconds(), (v1) => `t=${seconds()},v1=00,v1=${v1},v0=11`),
    200,
    1,
  ],
  ['Stripe: v0 only', () => stripe(event(), seconds(), (v1) => `t=${seconds()},v0=${v1}`), 401, 0],
  ['Stripe: two times', () => stripe(event(), seconds(), (v1) => `t=1,t=${seconds()},v1=${v1}`), 401, 0],
  ['Stripe: of ten minutes ago', () => stripe(event(), seconds(-600)), 401, 0],
  ['Stripe: of ten minutes to come', () => stripe(event(), seconds(600)), 401, 0],
  [
    'Stripe: an old signature with a new time',
    () => stripe(event(), seconds(-600), (v1) => `t=${seconds()},v1=${v1}`),
    401,
    0,
  ],
  ['Slack: signed', () => slack(JSON.stringify({ event_id: fresh() })), 200, 1],
  ['Slack: a form without an id', () => slack(`command=%2Fx&n=${fresh()}`), 200, 1],
  ['Slack: of six minutes ago', () => slack('{}', seconds(-360)), 401, 0],
  ['Shopify: signed', () => shopify('{"order":1}'), 200, 1],
  [
    'Shopify: signed in hexadecimal',
    () => send('SHOPIFY', '{}', { 'x-shopify-hmac-sha256': sign('{}') }),
    401,
    0,
  ],
  [
    'Telegram: the token',
    () => send('TELEGRAM', '{"update_id":1}', { 'x-telegram-bot-api-secret-token': KEY }),
    200,
    1,
  ],
  [
    'Telegram: another token',
    () => send('TELEGRAM', '{"update_id":2}', { 'x-telegram-bot-api-secret-token': OLD }),
    401,
    0,
  ],
  ['Dropbox: signed', () => send('DROPBOX', '{}', { 'x-dropbox-signature': sign('{}') }), 200, 1],
  ['Dropbox: its question', () => send('DROPBOX', '', {}, 'GET', '?challenge=abc'), 200, 0],
  ['Dropbox: two questions', () => send('DROPBOX', '', {}, 'GET', '?challenge=a&challenge=b'), 405, 0],
  ['Standard Webhooks: signed', () => standard('{"test": 2432232314}'), 200, 1],
  [
    'Standard Webhooks: one of several',
    () => standard('{}', { before: 'v1,AAAA ', after: ' v1a,BBBB' }),
    200,
    1,
  ],
  ['Standard Webhooks: of another version', () => standard('{}', { before: 'v2' }), 401, 0],
  ['Standard Webhooks: of an hour ago', () => standard('{}', { at: seconds(-3600) }), 401, 0],
  [
    'the vector of the libraries, which is of 2021',
    () =>
      send('STANDARD', '{"test": 2432232314}', {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      }),
    401,
    0,
  ],
  ['from an address that is allowed', () => from('10.1.2.3'), 200, 1],
  ['from a network of IPv6', () => from('2001:db8::7'), 200, 1],
  ['from another address', () => from('192.0.2.7'), 403, 0],
  ['an address that the caller wrote itself', () => from('10.1.2.3, 192.0.2.7'), 403, 0],
  ['an address that is none', () => from('10.1.2.3.evil'), 403, 0],
  ['a body as large as it may be', () => send('SMALL', 'x'.repeat(10)), 200, 1],
  ['a body of one byte more', () => send('SMALL', 'x'.repeat(11)), 413, 0],
  [
    'a body of one byte more in chunks',
    () =>
      raw(
        'SMALL',
        'POST TARGET HTTP/1.1\r\nTransfer-Encoding: chunked',
        '6\r\nxxxxxx\r\n5\r\nxxxxx\r\n0\r\n\r\n',
      ),
    413,
    0,
  ],
  [
    'a body in chunks',
    () => raw('SMALL', 'POST TARGET HTTP/1.1\r\nTransfer-Encoding: chunked', '6\r\nxxxxxx\r\n0\r\n\r\n'),
    200,
    1,
  ],
  [
    'a length and chunks',
    () =>
      raw('SMALL', 'POST TARGET HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    400,
    0,
  ],
  [
    'two lengths',
    () => raw('SMALL', 'POST TARGET HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4', 'abcd'),
    400,
    0,
  ],
  [
    'Expect: 100-continue',
    () => raw('SMALL', 'POST TARGET HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3', 'abc'),
    200,
    1,
  ],
  ['as many parts as there may be', () => form(2), 200, 1],
  ['one part more', () => form(3), 413, 0],
  [
    'one field of a form more',
    () => send('PARTS', 'a=1&b=2&c=3', { 'content-type': 'application/x-www-form-urlencoded' }),
    413,
    0,
  ],
  ['a form without a boundary', () => send('PARTS', 'x', { 'content-type': 'multipart/form-data' }), 400, 0],
  [
    '300 headers',
    () =>
      raw('OPEN', `GET TARGET HTTP/1.1${Array.from({ length: 300 }, (_, n) => `\r\nX-${n}: 1`).join('')}`),
    431,
    0,
  ],
  ['100 KB of headers', () => raw('OPEN', `GET TARGET HTTP/1.1\r\nX-A: ${'x'.repeat(100_000)}`), 431, 0],
  [
    'a target with its scheme and host',
    () => raw('OPEN', 'GET TARGET HTTP/1.1', '', `http://x${new URL(hooks.OPEN ?? '').pathname}`),
    404,
    0,
  ],
  [
    'the path in escapes',
    () =>
      raw(
        'OPEN',
        'GET TARGET HTTP/1.1',
        '',
        new URL(hooks.OPEN ?? '').pathname.replace('/hook/', '/%68ook/'),
      ),
    404,
    0,
  ],
  [
    'the path with an empty segment',
    () =>
      raw('OPEN', 'GET TARGET HTTP/1.1', '', new URL(hooks.OPEN ?? '').pathname.replace('/hook/', '/hook//')),
    404,
    0,
  ],
  [
    'a way up behind the path',
    () => raw('OPEN', 'GET TARGET HTTP/1.1', '', `${new URL(hooks.OPEN ?? '').pathname}/..%2f..%2fapi`),
    404,
    0,
  ],
  [
    'a body that names a file',
    () => send('OPEN', '{"files":{"a":{"filepath":"/etc/passwd"}}}', { 'content-type': 'application/json' }),
    200,
    1,
  ],
];

describe('the edge, sent', () => {
  it.each(CASES)('%s, answers as it should', async (_name, request, status, made) => {
    const before = await jobs();
    expect((await request()).status).toBe(status);
    expect((await jobs()) - before).toBe(made);
  });
});

it('a handler does not get the header whose value is the secret', async () => {
  const { text } = await send('BEARER', 'x', { authorization: `Bearer ${KEY}` });
  expect(JSON.parse(text)).toMatchObject({ trigger: 'BEARER', auth: null });
});

describe('a caller', () => {
  it('is told which methods there are, and how to authenticate, and nothing else', async () => {
    const method = await send('POSTS', 'x', {}, 'DELETE');
    expect(method.headers.get('allow')).toBe('POST, PUT');
    const login = await send('BASIC');
    expect(login.headers.get('www-authenticate')).toContain('Basic');
    const unset = await send('UNSET');
    expect([unset.text, (await send('GITHUB')).text]).toEqual([
      'Not authenticated.\n',
      'Not authenticated.\n',
    ]);
  });

  it('that comes too often is told when to come back', async () => {
    const answers = [await send('RATED'), await send('RATED'), await send('RATED')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(1700);
  });

  it('of Dropbox gets its question back as text', async () => {
    const { headers, text } = await send('DROPBOX', '', {}, 'GET', '?challenge=%3Cb%3E');
    expect([headers.get('content-type'), headers.get('x-content-type-options'), text]).toEqual([
      'text/plain; charset=utf-8',
      'nosniff',
      '<b>',
    ]);
  });
});

it('an operator reads in the log that a secret has no value, and who was refused', () => {
  const told = instance.log.filter((line) => line.includes('Webhook UNSET of project edge'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('the secret OF_NOBODY has no value');
});
