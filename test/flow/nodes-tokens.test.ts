import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bodyOf, startHttpServer, type TestServer } from '../support/http-server.ts';
import { beginNode, LEASE_S, type ServedNode } from '../support/nodes/served-node.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OAuthProvider,
  startOAuthProvider,
  visit,
} from '../support/oauth-provider.ts';
import { type TestDatabase, testDatabase } from '../support/postgres/database.ts';
import { until } from '../support/wait-for.ts';

/** Nobody is there: a test carries what comes for it to a node. */
const BASE = 'http://127.0.0.1:1';
const JOBS_PER_NODE = 6;
const SHORT_S = 1;

let database: TestDatabase;
let provider: OAuthProvider;
/** A provider that still takes the refresh token before, until the next one was used, and that can be made to wait. */
let patient: TestServer;
let api: TestServer;
let nodes: readonly [ServedNode, ServedNode];
/** How many seconds the provider's next access tokens last. */
let seconds = SHORT_S;
/** What the API was called with, by path. */
let called: { readonly path: string; readonly authorization: string }[] = [];
/** Refresh tokens as the patient provider was sent them, by path, and where it waits. */
const asked = new Map<string, string[]>();
let isWaiting = false;

const hostsOf = () => `["${provider.place}", "${patient.place}", "${api.place}"]`;
const files = () => ({
  'project.yaml': `name: Tokens
slug: tokens
active: true
secrets:
${['CLIENT', 'REFRESH', 'SLOW', 'UNSTORED']
  .map((key) => `  - { key: ${key}, sealed: true, hosts: ${hostsOf()}, in: [header, body] }\n`)
  .join('')}egress: { allow_private: ${hostsOf()} }
tasks:
  - name: Call
    code: tasks/call.ts
    limits: { timeout: 60s }
    triggers:
      - { type: webhook, name: RENEW }
      - { type: webhook, name: CREDENTIALS }
      - { type: webhook, name: SLOW }
      - { type: webhook, name: UNSTORED }
`,
  'protected.ts': `
const client = { type: 'oauth2', client_id: '${CLIENT_ID}', client_secret: secrets.CLIENT ?? '' } as const;
const renewed = (token_url: string, refresh_token: string) =>
  ({ ...client, grant: 'refresh_token', token_url, refresh_token }) as const;
const signs = {
  RENEW: renewed('${provider.tokenUrl}', secrets.REFRESH ?? ''),
  CREDENTIALS: { ...client, grant: 'client_credentials', token_url: '${provider.tokenUrl}' } as const,
  SLOW: renewed('${patient.url}/SLOW', secrets.SLOW ?? ''),
  UNSTORED: renewed('${patient.url}/UNSTORED', secrets.UNSTORED ?? ''),
};
export async function call(name: keyof typeof signs): Promise<string> {
  return String((await fetch('${api.url}/' + name, { sign: signs[name] })).status);
}
`,
  'tasks/call.ts': 'export async function handle_webhook() { return call(TRIGGER_NAME as "RENEW"); }\n',
});

const hooks: Record<string, string> = {};
async function callHook(node: ServedNode, name: string): Promise<string> {
  const answer = await fetch(`${node.url}${hooks[name]}`);
  return `${answer.status} ${await answer.text()}`;
}
/** On all nodes at the same moment. */
const callAll = (name: string, times: number) =>
  Promise.all(nodes.flatMap((node) => Array.from({ length: times }, () => callHook(node, name))));
const tokensOf = (name: string): ReadonlySet<string> =>
  new Set(called.filter(({ path }) => path === `/${name}`).map(({ authorization }) => authorization));

beforeAll(async () => {
  const begin = async () => {
    database = await testDatabase();
    return Promise.all([
      beginNode(database.url, ['--base-url', BASE]).ready,
      beginNode(database.url, ['--base-url', BASE]).ready,
    ]);
  };
  [nodes, provider, patient, api] = await Promise.all([
    begin(),
    startOAuthProvider(`${BASE}/oauth/callback`, () => seconds),
    startHttpServer(async (request, response) => {
      const path = request.url ?? '';
      const used = new URLSearchParams((await bodyOf(request)).toString()).get('refresh_token') ?? '';
      const before = asked.get(path) ?? [];
      asked.set(path, [...before, used]);
      if (path === '/SLOW' && isWaiting) return;
      const isLate = before.some((one) => one.startsWith(`${used}+`));
      response.writeHead(isLate ? 400 : 200, { 'content-type': 'application/json' });
      const given = { access_token: `for-${used}-${before.length}`, refresh_token: `${used}+` };
      response.end(JSON.stringify(isLate ? { error: 'invalid_grant' } : given));
    }),
    startHttpServer((request, response) => {
      called.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '' });
      response.writeHead(200).end();
    }),
  ]);
  const [one, two] = nodes;
  await one.call('PUT', '/projects/tokens', { files: files() });
  await one.call('PUT', '/projects/tokens/secrets/CLIENT', { value: CLIENT_SECRET });
  for (const key of ['SLOW', 'UNSTORED'])
    await one.call('PUT', `/projects/tokens/secrets/${key}`, { value: `${key}-a-refresh-token` });
  const { body } = await one.call<{ url: string }>('POST', '/projects/tokens/secrets/REFRESH/authorize', {
    authorize_url: provider.authorizeUrl,
    token_url: provider.tokenUrl,
    client_id: CLIENT_ID,
    client_secret: 'CLIENT',
    scope: 'openid',
  });
  const back = await visit(provider, body.url);
  expect(await (await fetch(`${two.url}${back.pathname}${back.search}`)).text()).toContain('Connected');
  const project = await two.call<{ webhooks: Record<string, string> }>('GET', '/projects/tokens');
  for (const [name, url] of Object.entries(project.body.webhooks)) hooks[name] = new URL(url).pathname;
  await until('both nodes know the refresh token', async () =>
    (await callAll('CREDENTIALS', 1)).every((answer) => answer === '200 200'),
  );
}, 60_000);
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await Promise.all([provider, patient, api].map((server) => server[Symbol.asyncDispose]()));
  await database[Symbol.asyncDispose]();
});

it('many jobs on two nodes whose access token has ended ask for one together, and no refresh token is used again', async () => {
  const kinds = ['CREDENTIALS', 'RENEW'];
  const first = await Promise.all(kinds.map((name) => callAll(name, 1)));
  expect(first.flat()).toEqual(first.flat().map(() => '200 200'));
  await setTimeout(SHORT_S * 1000);
  seconds = 3600;
  called = [];
  const before = provider.events.length;
  const answers = (await Promise.all(kinds.map((name) => callAll(name, JOBS_PER_NODE)))).flat();
  expect(answers).toEqual(answers.map(() => '200 200'));
  expect(provider.events.slice(before).toSorted()).toEqual(['client_credentials', 'refresh_token']);
  expect(called).toHaveLength(kinds.length * 2 * JOBS_PER_NODE);
  expect(kinds.map((name) => tokensOf(name).size)).toEqual([1, 1]);
  expect(provider.events.filter((event) => event.includes(':'))).toEqual([]);
});

it('a node that is killed while it asks, or before it has stored the answer, keeps another one waiting for its lease only', async () => {
  const [one, two] = nodes;
  await using lock = await lockedSecret('UNSTORED');
  isWaiting = true;
  const lost = ['SLOW', 'UNSTORED'].map((name) => callHook(one, name).catch(() => 'lost'));
  await until('one has asked', () => asked.get('/SLOW')?.length === 1);
  await until('one has its answer, and stores it', lock.hasWaiter);
  const waiting = ['SLOW', 'UNSTORED'].map((name) => callHook(two, name));
  await setTimeout(500);
  expect([asked.get('/SLOW')?.length, asked.get('/UNSTORED')?.length]).toEqual([1, 1]);
  isWaiting = false;
  await one.kill();
  await lock.endWaiters();
  await lock.release();
  const began = Date.now();
  expect(await Promise.all(waiting)).toEqual(['200 200', '200 200']);
  expect(Date.now() - began).toBeLessThan((LEASE_S + 4) * 1000);
  expect(await Promise.all(lost)).toEqual(['lost', 'lost']);
  for (const name of ['SLOW', 'UNSTORED']) {
    const first = `${name}-a-refresh-token`;
    expect(asked.get(`/${name}`)).toEqual([first, first]);
    expect(tokensOf(name)).toEqual(new Set([`Bearer for-${first}-1`]));
  }
}, 30_000);

/** Nobody can store another value of the secret meanwhile. */
async function lockedSecret(key: string) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM secrets WHERE key = $1 FOR UPDATE', [key]);
  const WAITERS = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  let isOpen = true;
  const release = async () => {
    if (isOpen) await client.end();
    isOpen = false;
  };
  return {
    hasWaiter: async () => (await database.ask(`SELECT 1 ${WAITERS}`)).length > 0,
    /** What a process that is gone has sent would be done otherwise. */
    endWaiters: () => database.ask(`SELECT pg_terminate_backend(pid, 5000) ${WAITERS}`),
    release,
    [Symbol.asyncDispose]: release,
  };
}
