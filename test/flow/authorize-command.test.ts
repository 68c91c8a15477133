import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sluice } from '../support/command.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OAuthProvider,
  startOAuthProvider,
  visit,
} from '../support/oauth-provider.ts';

let instance: Instance;
let provider: OAuthProvider;

beforeAll(async () => {
  instance = await startInstance();
  provider = await startOAuthProvider(`${instance.url}/oauth/callback`);
  await instance.deploy('files', {
    'project.yaml': `name: Files
slug: files
secrets:
  - { key: CLIENT, sealed: true, hosts: ["${provider.place}"] }
  - { key: REFRESH, sealed: true, hosts: ["${provider.place}"], in: [body] }
egress: { allow_private: ["${provider.place}"] }
`,
  });
  await instance.call('PUT', '/projects/files/secrets/CLIENT', { value: CLIENT_SECRET });
});
afterAll(async () => {
  await instance.stop();
  await provider[Symbol.asyncDispose]();
});

const run = (key: string, ...more: readonly string[]) =>
  sluice(
    [
      ...['secrets', 'authorize', 'files', key, '--authorize-url', provider.authorizeUrl],
      ...['--token-url', provider.tokenUrl, '--client-id', CLIENT_ID, ...more],
    ],
    { env: { SLUICE_URL: instance.url, SLUICE_TOKEN: instance.token } },
  );

describe('sluice secrets authorize', () => {
  it('prints the address where a person agrees, and then the secret has a refresh token', async () => {
    const { code, stdout, stderr } = await run('REFRESH', '--client-secret', 'CLIENT', '--scope', 'openid');
    expect([code, stderr]).toEqual([0, expect.stringContaining(`know ${instance.url}/oauth/callback as`)]);
    const page = await fetch(await visit(provider, stdout.trim()));
    expect(await page.text()).toContain('<h1>Connected</h1>');
    expect(provider.tokens).toContain(instance.runtime.project('files')?.secrets.REFRESH);
  });

  it('gives programs the address, the state and when it ends', async () => {
    const { stdout } = await run('REFRESH', '--json');
    const { url, state, expires_at } = JSON.parse(stdout);
    expect(new URL(url).searchParams.get('state')).toBe(state);
    expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
  });

  it('says in one line why it cannot be begun', async () => {
    expect(await run('CLIENT')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^sluice: Blocked: the sealed secret CLIENT may not stand in a body\..*\n$/,
      ),
    });
    const missing = await sluice(['secrets', 'authorize', 'files', 'REFRESH']);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('--authorize-url') });
  });
});
