import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaksIn, textsOfData } from '../../../support/canary.ts';
import { bodyOf, startHttpServer, type TestServer } from '../../../support/http-server.ts';
import { type Instance, startInstance } from '../../../support/instance.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OAuthProvider,
  startOAuthProvider,
  visit,
} from '../../../support/oauth-provider.ts';
import { until } from '../../../support/wait-for.ts';

const REDIRECT = 'http://127.0.0.1:1/done';

let dataDir: string;
let provider: OAuthProvider;
let api: TestServer;
let instance: Instance;
let called: string[] = [];

const files = (tokenUrl: string) => ({
  'project.yaml': `name: Files
slug: files
active: true
secrets:
  - { key: CLIENT, sealed: true, hosts: ["${provider.place}", "${api.place}"] }
  - { key: REFRESH, sealed: true, hosts: ["${provider.place}", "${api.place}"], in: [body] }
egress: { allow_private: ["${provider.place}", "${api.place}"] }
tasks:
  - name: List
    code: tasks/list.ts
    triggers:
      - { type: button, name: LIST }
`,
  'protected.ts': `export async function list(): Promise<number> {
  const sign = {
    type: 'oauth2', grant: 'refresh_token', token_url: '${tokenUrl}', client_id: '${CLIENT_ID}',
    client_secret: secrets.CLIENT ?? '', refresh_token: secrets.REFRESH ?? '',
  } as const;
  return (await fetch('${api.url}/list', { sign })).status;
}
`,
  'tasks/list.ts': 'async function handle_button() { return [await list(), await list()]; }\n',
});

/** A refresh token that the provider gives to a person's browser. */
async function firstRefreshToken(): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const address = new URL(provider.authorizeUrl);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  for (const [name, value] of Object.entries({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })) {
    address.searchParams.set(name, value);
  }
  const code = (await visit(provider, address.href)).searchParams.get('code') ?? '';
  const body = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT };
  const authorization = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`;
  const answer = await fetch(provider.tokenUrl, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(body),
  });
  return String(((await answer.json()) as { refresh_token: unknown }).refresh_token);
}

const run = async (): Promise<unknown> => {
  const route = '/projects/files/triggers/LIST/run';
  const { body } = await instance.call<{ job: { status: string } }>('POST', route, { wait: 20 });
  return body;
};

async function storedRefresh(): Promise<string | undefined> {
  return instance.runtime.project('files')?.secrets.REFRESH;
}

beforeEach(async () => {
  called = [];
  dataDir = await mkdtemp(path.join(tmpdir(), 'sluice-'));
  provider = await startOAuthProvider(REDIRECT);
  api = await startHttpServer((request, response) => {
    called.push(request.headers.authorization ?? '');
    response.writeHead(200).end();
  });
  instance = await startInstance({ dataDir });
  await instance.deploy('files', files(provider.tokenUrl));
  await instance.call('PUT', '/projects/files/secrets/CLIENT', { value: CLIENT_SECRET });
});
afterEach(async () => {
  await instance.stop();
  await provider[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
});

const setRefresh = (value: string) => instance.call('PUT', '/projects/files/secrets/REFRESH', { value });

describe('a refresh token that changes with each use', () => {
  it('is asked for once by ten jobs at a time, stored in the place of the old one, and shown nowhere', async () => {
    const first = await firstRefreshToken();
    await setRefresh(first);
    const ended = await Promise.all(Array.from({ length: 10 }, run));
    expect(ended).toEqual(ended.map(() => ({ job: expect.objectContaining({ error: null }) })));
    expect(provider.events).toEqual(['authorization_code', 'refresh_token']);
    expect(called).toHaveLength(20);
    expect(new Set(called).size).toBe(1);
    expect(provider.tokens).toContain(await storedRefresh());
    expect(await storedRefresh()).not.toBe(first);
    const audit = await instance.call<{ items: unknown[] }>('GET', '/audit?kind=secret_set&limit=1');
    expect(audit.body.items[0]).toMatchObject({
      project: 'files',
      task: 'List',
      trigger: 'LIST',
      user: 'gate',
      name: 'REFRESH',
    });
    const answers = await Promise.all(
      ['/logs', '/outgoing', '/audit', '/jobs', '/projects/files'].map((route) =>
        instance.call('GET', route),
      ),
    );
    const texts = new Map([
      ...textsOfData(dataDir),
      ['answers', JSON.stringify([ended, answers, instance.log])],
    ]);
    expect(leaksIn(texts, [...provider.tokens, CLIENT_SECRET])).toEqual([]);
  });

  it('is still there after a restart, and serves the next job', async () => {
    await setRefresh(await firstRefreshToken());
    await run();
    const second = await storedRefresh();
    await instance.stop();
    instance = await startInstance({ dataDir });
    expect(await storedRefresh()).toBe(second);
    await run();
    expect(provider.events).toEqual(['authorization_code', 'refresh_token', 'refresh_token']);
    expect(await storedRefresh()).not.toBe(second);
    expect(new Set(called).size).toBe(2);
  });

  it('gives way to the one that a Manager sets while it is renewed, and nothing is sent with the old one', async () => {
    const asked: string[] = [];
    const tokens = await startHttpServer(async (request, response) => {
      const used = new URLSearchParams((await bodyOf(request)).toString()).get('refresh_token') ?? '';
      asked.push(used);
      if (asked.length === 1) await setRefresh('the-token-of-a-manager');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: `for-${used}`, refresh_token: `after-${used}` }));
    });
    const yaml = files(`${tokens.url}/token`);
    await instance.deploy('files', {
      ...yaml,
      'project.yaml': yaml['project.yaml'].replaceAll(provider.place, tokens.place),
    });
    await setRefresh('the-first-token-of-all');
    await run();
    await tokens[Symbol.asyncDispose]();
    expect(asked).toEqual(['the-first-token-of-all', 'the-token-of-a-manager']);
    expect(new Set(called)).toEqual(new Set(['Bearer for-the-token-of-a-manager']));
    expect(await storedRefresh()).toBe('after-the-token-of-a-manager');
  });

  it('is stored although the job that used it was cancelled meanwhile', async () => {
    let asked = false;
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const tokens = await startHttpServer(async (_request, response) => {
      asked = true;
      await mayAnswer;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: 'an-access-token', refresh_token: 'the-second-token' }));
    });
    const yaml = files(`${tokens.url}/token`);
    await instance.deploy('files', {
      ...yaml,
      'project.yaml': yaml['project.yaml'].replaceAll(provider.place, tokens.place),
    });
    await setRefresh('the-first-token-of-all');
    const route = '/projects/files/triggers/LIST/run';
    const { body } = await instance.call<{ job: { id: string } }>('POST', route, {});
    await until('the token is asked for', () => asked);
    await instance.call('POST', `/jobs/${body.job.id}/cancel`);
    answer();
    await until('the token is stored', async () => (await storedRefresh()) === 'the-second-token');
    await tokens[Symbol.asyncDispose]();
    expect(called).toEqual([]);
  });
});
