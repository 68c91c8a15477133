import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, openTestGate, type TestGate } from '../../../support/gate.ts';
import { bodyOf, startHttpServer, type TestServer } from '../../../support/http-server.ts';

const SECRET = 'a-sealed-key-of-tests';

let seen: { path: string; headers: Readonly<Record<string, unknown>>; body: string }[] = [];
let server: TestServer;
let elsewhere: TestServer;
const listen = () =>
  startHttpServer(async (request, response) => {
    const body = (await bodyOf(request)).toString();
    seen.push({ path: request.url ?? '', headers: request.headers, body });
    const to = new URL(request.url ?? '', 'http://x').searchParams.get('to');
    if (to !== null) response.writeHead(307, { location: to });
    response.end();
  });
beforeEach(async () => {
  seen = [];
  server = await listen();
  elsewhere = await listen();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

const open = (places: readonly ('header' | 'body')[] = ['header', 'body']): TestGate =>
  openTestGate({
    egress: { allow_private: [server.place, elsewhere.place] },
    secrets: { KEY: SECRET },
    sealed: { KEY: { hosts: [server.place], in: places } },
  });

describe('a request that asks to be signed', () => {
  it('gets Basic authentication with the value of a sealed secret', async () => {
    await using gate = open();
    await gate.fetch(server.url, { sign: { type: 'basic', user: 'me', secret: gate.secrets.KEY } });
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}`);
  });

  it('is signed over what is sent, with the values of sealed secrets in it', async () => {
    await using gate = open();
    const sign = { type: 'hmac', secret: gate.secrets.KEY, header: 'x-signature' };
    await gate.fetch(server.url, { method: 'POST', body: Buffer.from(`a ${gate.secrets.KEY}`), sign });
    const signature = createHmac('sha256', SECRET).update(`a ${SECRET}`).digest('hex');
    expect(seen[0]).toMatchObject({ body: `a ${SECRET}`, headers: { 'x-signature': signature } });
  });

  it('replaces a header of the same name', async () => {
    await using gate = open();
    const sign = { type: 'basic', user: 'me', secret: 'open' };
    await gate.fetch(server.url, { headers: [['authorization', 'Bearer x']], sign });
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:open').toString('base64')}`);
  });

  it.each([
    ['aws4', { region: 'r', service: 's', access_key_id: 'a' }, 'secret'],
    ['oauth1', { consumer_key: 'k' }, 'consumer_secret'],
    ['hmac', { header: 'x-a' }, 'secret'],
    ['basic', { user: 'u' }, 'secret'],
  ])('goes to no other host than the secret of %s may', async (type, options, name) => {
    await using gate = open();
    const sign = { type, ...options, [name]: gate.secrets.KEY };
    expect(await failureOf(gate.fetch(elsewhere.url, { sign }))).toMatch('sealed secret KEY may not go to');
    expect(elsewhere.accepted()).toBe(0);
    expect((await gate.rows())[0]?.blocked).toMatch('may not go to');
    await gate.fetch(server.url, { sign });
    expect(seen).toHaveLength(1);
  });

  it('sends a secret in a header only when "in" names headers; a key is never sent', async () => {
    await using gate = open(['body']);
    const basic = { type: 'basic', user: 'me', secret: gate.secrets.KEY };
    expect(await failureOf(gate.fetch(server.url, { sign: basic }))).toMatch('may not stand in a header');
    await gate.fetch(server.url, { sign: { type: 'hmac', secret: gate.secrets.KEY, header: 'x-a' } });
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });

  it('is signed again at the same origin, and not at another one', async () => {
    await using gate = open();
    const sign = { type: 'hmac', secret: gate.secrets.KEY, header: 'x-a', template: '{path}' };
    await gate.fetch(`${server.url}/?to=/there`, { sign });
    await gate.fetch(`${server.url}/?to=${elsewhere.url}/there`, { sign });
    const there = createHmac('sha256', SECRET).update('/there').digest('hex');
    expect(seen.map(({ path, headers }) => [path.slice(0, 4), headers['x-a'] === there])).toEqual([
      ['/?to', false],
      ['/the', true],
      ['/?to', false],
      ['/the', false],
    ]);
    expect(seen[3]?.headers).not.toHaveProperty('x-a');
  });

  it.each([
    [{ type: 'rot13' }, 'sign.type: must be basic, hmac, aws4, oauth1 or oauth2'],
    [{ type: 'basic', user: 'u', password: 'p' }, 'sign'],
    [
      { type: 'hmac', secret: '', header: 'x' },
      'sign.secret: is empty; when it comes from a secret, set that',
    ],
    [{ type: 'hmac', secret: 'k', header: 'x a' }, 'sign.header: must be the name of a header'],
    [{ type: 'hmac', secret: 'k', header: 'x', template: '{secret}' }, 'sign.template: may hold {timestamp}'],
    ['basic', 'sign'],
  ])('is refused with what is wrong: %j', async (sign, message) => {
    await using gate = open();
    const failure = await failureOf(gate.fetch(server.url, { sign }));
    expect(failure).toMatch('TypeError: fetch cannot sign: ');
    expect(failure).toContain(message);
    expect(server.accepted()).toBe(0);
  });

  it('holds placeholders in no other option', async () => {
    await using gate = open();
    const sign = { type: 'hmac', secret: 'k', header: 'x-a', prefix: `p ${gate.secrets.KEY}` };
    expect(await failureOf(gate.fetch(server.url, { sign }))).toMatch('cannot stand in the options of sign');
  });
});
