import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { leaksIn, textsOfData } from '../support/canary.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import {
  CLIENT_ID,
  CLIENT_ID_IN_BODY,
  CLIENT_ID_WITHOUT_SECRET,
  CLIENT_SECRET,
  type OAuthProvider,
  startOAuthProvider,
  visit,
} from '../support/oauth-provider.ts';

const ROUTE = '/projects/files/secrets/REFRESH/authorize';

let instance: Instance;
let provider: OAuthProvider;

const files = (egress: string) => ({
  'project.yaml': `name: Files
slug: files
active: true
secrets:
  - { key: CLIENT, sealed: true, hosts: ["${provider.place}"] }
  - { key: REFRESH, sealed: true, hosts: ["${provider.place}"], in: [body] }
  - { key: OPEN }
  - { key: POSTED, sealed: true, hosts: ["${provider.place}"], in: [body] }
egress: { allow_private: ${egress} }
tasks:
  - name: Nothing
    code: tasks/nothing.ts
    triggers:
      - { type: button, name: GO }
`,
  'tasks/nothing.ts': 'function handle_button() {}\n',
});
const deploy = () => instance.deploy('files', files(`["${provider.place}"]`));

beforeAll(async () => {
  instance = await startInstance({ flags: { log_level: 'debug' } });
  provider = await startOAuthProvider(`${instance.url}/oauth/callback`);
  await deploy();
  for (const key of ['CLIENT', 'POSTED'])
    await instance.call('PUT', `/projects/files/secrets/${key}`, { value: CLIENT_SECRET });
});
afterAll(async () => {
  await instance.stop();
  await provider[Symbol.asyncDispose]();
});

const request = (changes: Readonly<Record<string, unknown>> = {}) => ({
  authorize_url: provider.authorizeUrl,
  token_url: provider.tokenUrl,
  client_id: CLIENT_ID,
  client_secret: 'CLIENT',
  scope: 'openid',
  ...changes,
});
interface Begun {
  readonly url: string;
  readonly state: string;
  readonly expires_at: string;
}
const begin = async (changes: Readonly<Record<string, unknown>> = {}): Promise<Begun> => {
  const { status, body } = await instance.call<Begun>('POST', ROUTE, request(changes));
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const refresh = () => instance.runtime.project('files')?.secrets.REFRESH;
const open = async (address: string | URL) => {
  const answer = await fetch(address);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const callback = (query: Readonly<Record<string, string>>) =>
  open(`${instance.url}/oauth/callback?${new URLSearchParams(query)}`);

describe('connecting a secret to a provider', () => {
  refusesStrangers(() => instance, [['POST', ROUTE, 'manager']]);

  it.each([
    ['another field', { refresh_token: 'x' }, 400, 'invalid_body'],
    ['an address of another kind', { authorize_url: 'javascript:alert(1)' }, 400, 'invalid_body'],
    ['an address with a user', { token_url: 'https://me:secret@example.com/' }, 400, 'invalid_body'],
    ['a client secret that is not declared', { client_secret: 'NONE' }, 404, 'not_found'],
    ['a client secret without a value', { client_secret: 'OPEN' }, 409, 'secret_not_set'],
  ])('refuses %s', async (_what, changes, status, code) => {
    const answer = await instance.call('POST', ROUTE, request(changes));
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  it('is for sealed secrets of the project only', async () => {
    const to = (key: string) => instance.call('POST', `/projects/files/secrets/${key}/authorize`, request());
    expect(await to('OPEN')).toMatchObject({ status: 409, body: { error: { code: 'not_sealed' } } });
    expect((await to('NONE')).status).toBe(404);
  });

  it('stores the refresh token after the person agreed, and shows neither it nor the code anywhere', async () => {
    const { url, state, expires_at } = await begin();
    expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
    expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
    const back = await visit(provider, url);
    expect(back.searchParams.get('state')).toBe(state);
    const page = await open(back);
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<h1>Connected</h1>') });
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(provider.events).toEqual(['authorization_code']);
    expect(provider.tokens).toContain(refresh());

    const outgoing = await instance.call<{ items: { excerpt: string }[] }>('GET', '/outgoing?limit=1');
    expect(outgoing.body.items[0]).toMatchObject({
      url: provider.tokenUrl,
      status: 200,
      job: null,
      user: 'admin',
    });
    expect(outgoing.body.items[0]?.excerpt).toMatch(
      /^grant_type=authorization_code&code=\*\*\*&code_verifier=\*\*\*&/,
    );
    const audit = await instance.call<{ items: unknown[] }>('GET', '/audit?kind=secret_set&limit=1');
    expect(audit.body.items[0]).toMatchObject({ project: 'files', name: 'REFRESH', user: 'admin' });
    const answers = await Promise.all(
      ['/logs', '/outgoing', '/audit', '/projects/files'].map((route) => instance.call('GET', route)),
    );
    const shown = JSON.stringify([answers, page.text, instance.log]);
    const texts = new Map([...textsOfData(instance.dataDir), ['shown', shown]]);
    expect(leaksIn(texts, [...provider.tokens, CLIENT_SECRET, state])).toEqual([]);

    const again = await open(back);
    expect(again).toMatchObject({ status: 400, text: expect.stringContaining('it was used already') });
    expect(provider.events).toEqual(['authorization_code']);
  });

  it.each([
    [
      'with its secret in the body',
      { client_id: CLIENT_ID_IN_BODY, client_secret: 'POSTED', client_auth: 'body' },
    ],
    ['without a secret', { client_id: CLIENT_ID_WITHOUT_SECRET, client_secret: undefined }],
  ])('is made for a client %s', async (_what, changes) => {
    const { url } = await begin(changes);
    const page = await open(await visit(provider, url));
    expect(page.text).toContain('<h1>Connected</h1>');
    expect(provider.tokens).toContain(refresh());
    const { body } = await instance.call<{ items: { excerpt: string }[] }>('GET', '/outgoing?limit=1');
    expect(body.items[0]?.excerpt).not.toContain(CLIENT_SECRET);
  });

  it('proves with its verifier that it began what it ends', async () => {
    const first = await begin();
    const other = await begin();
    const code = (await visit(provider, first.url)).searchParams.get('code') ?? '';
    const before = refresh();
    const page = await callback({ state: other.state, code });
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining('400 (invalid_grant)') });
    expect(provider.events.at(-1)).toMatch(/^invalid_grant: code_verifier does not match/);
    expect(refresh()).toBe(before);
  });

  it.each([
    ['foreign', { state: 'AAAAAAAAAAAAAAAAAAAAAA', code: 'x' }],
    ['missing', { code: 'x' }],
  ])('a %s state is not known, and nothing is sent', async (_what, query) => {
    const before = provider.events.length;
    expect((await callback(query)).text).toContain('This link is not known');
    expect(provider.events).toHaveLength(before);
  });

  it('tells and logs that the person did not agree, once', async () => {
    const { url, state } = await begin();
    const address = new URL(url);
    address.searchParams.set('login_hint', 'nobody');
    const back = await visit(provider, address.href);
    const page = await open(back);
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining('refused (access_denied)') });
    expect(
      instance.log.some((line) => line.includes('no connection') && line.includes('access_denied')),
    ).toBe(true);
    expect((await callback({ state, code: 'x' })).text).toContain('This link is not known');
  });

  it('repeats nothing of what the address says', async () => {
    const { state } = await begin();
    const page = await callback({ state, error: '<script>alert(1)</script>', error_description: '<b>hi' });
    expect(page.text).toContain('The provider refused.');
    expect(page.text).not.toMatch(/script|<b>|alert/);
  });

  it('sends no code where egress does not go', async () => {
    const { url } = await begin();
    const back = await visit(provider, url);
    await instance.deploy('files', files('[]'));
    const before = provider.events.length;
    const page = await open(back);
    await deploy();
    expect(page.status).toBe(400);
    expect(page.text).toContain('egress');
    expect(provider.events).toHaveLength(before);
    const outgoing = await instance.call<{ items: unknown[] }>('GET', '/outgoing?limit=1');
    expect(outgoing.body.items[0]).toMatchObject({
      blocked: expect.stringContaining('egress'),
      status: null,
    });
  });

  it.each([
    ['egress', 'allow_private: ["127', 'allow_private: ["128', 'is not in egress.allow of this project'],
    [
      'hosts of the secret',
      'REFRESH, sealed: true, hosts: ["127',
      'REFRESH, sealed: true, hosts: ["128',
      'REFRESH may not go to',
    ],
    ['in of the secret', 'in: [body]', 'in: [url]', 'REFRESH may not stand in a body'],
    [
      'hosts of the client',
      'CLIENT, sealed: true, hosts: ["127',
      'CLIENT, sealed: true, hosts: ["128',
      'CLIENT may not go to',
    ],
  ])(
    'is refused before anybody is asked to agree, when %s would keep the code here',
    async (_what, from, to, sentence) => {
      const all = files(`["${provider.place}"]`);
      await instance.deploy('files', { ...all, 'project.yaml': all['project.yaml'].replace(from, to) });
      const answer = await instance.call('POST', ROUTE, request());
      await deploy();
      expect(answer).toMatchObject({
        status: 409,
        body: { error: { code: 'blocked', message: expect.stringContaining(sentence) } },
      });
    },
  );

  it('sends no code to a host that the secret may not go to any more', async () => {
    const { state } = await begin();
    const all = files(`["${provider.place}"]`);
    const closed = all['project.yaml'].replace(
      'REFRESH, sealed: true, hosts: ["127',
      'REFRESH, sealed: true, hosts: ["128',
    );
    await instance.deploy('files', { ...all, 'project.yaml': closed });
    const before = provider.events.length;
    const page = await callback({ state, code: 'a-code' });
    await deploy();
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining('may not go to') });
    expect(provider.events).toHaveLength(before);
  });

  it('ends with the token of the Manager who began it', async () => {
    const made = await instance.call<{ id: string; token: string }>('POST', '/tokens', {
      name: 'm',
      role: 'manager',
    });
    const begun = await instance.call<Begun>('POST', ROUTE, request(), made.body.token);
    const back = await visit(provider, begun.body.url);
    await instance.call('DELETE', `/tokens/${made.body.id}`);
    const before = provider.events.length;
    expect((await open(back)).text).toContain('has ended');
    expect(provider.events).toHaveLength(before);
  });

  it('is not for a project of the same name that was made later', async () => {
    const { url } = await begin();
    const back = await visit(provider, url);
    await instance.call('DELETE', '/projects/files');
    await deploy();
    expect((await open(back)).text).toContain('not there any more');
    expect(refresh()).toBeUndefined();
  });
});
