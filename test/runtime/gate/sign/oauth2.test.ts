import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeals } from '../../../../runtime/sealed/seals.ts';
import { failureOf, openTestGate, originOf, type TestGate } from '../../../support/gate.ts';
import { bodyOf, startHttpServer, type TestServer } from '../../../support/http-server.ts';

const CLIENT_SECRET = 'the-secret-of-a-client';
const REFRESH_TOKEN = 'a-refresh-token-of-tests';

let issued = 0;
let asked: { authorization: unknown; form: Record<string, string> }[] = [];
let called: unknown[] = [];
let answer: { status: number; body: unknown } = { status: 200, body: {} };
let apiStatus = 200;
let tokens: TestServer;
let api: TestServer;
let clock = 0;

beforeEach(async () => {
  issued = 0;
  asked = [];
  called = [];
  answer = { status: 200, body: {} };
  apiStatus = 200;
  clock = Date.UTC(2026, 0, 1);
  tokens = await startHttpServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams((await bodyOf(request)).toString()));
    asked.push({ authorization: request.headers.authorization, form });
    issued += 1;
    const body = { access_token: `token-${issued}`, token_type: 'Bearer', expires_in: 3600 };
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...body, ...(answer.body as object) }));
  });
  api = await startHttpServer((request, response) => {
    called.push(request.headers.authorization);
    response.writeHead(apiStatus).end();
  });
});
afterEach(async () => {
  await tokens[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const open = (hosts: readonly string[] = [tokens.place, api.place]): TestGate =>
  openTestGate({
    now: () => clock,
    egress: { allow_private: [tokens.place, api.place] },
    secrets: { CLIENT: CLIENT_SECRET, REFRESH: REFRESH_TOKEN },
    sealed: { CLIENT: { hosts }, REFRESH: { hosts, in: ['body'] } },
  });
const client = (gate: TestGate) => ({
  type: 'oauth2',
  grant: 'client_credentials',
  token_url: `${tokens.url}/token`,
  client_id: 'me',
  client_secret: gate.secrets.CLIENT,
});
const BASIC = `Basic ${Buffer.from(`me:${CLIENT_SECRET}`).toString('base64')}`;

describe('OAuth 2', () => {
  it('gets a token for the credentials of a client, and uses it for all jobs until shortly before its end', async () => {
    await using gate = open();
    const other = originOf(gate.project, { jobId: 'another job', seals: createSeals(gate.project) });
    await gate.fetch(api.url, { sign: { ...client(gate), scope: 'read' } });
    const ofOther = { ...client(gate), scope: 'read', client_secret: other.seals.secrets.CLIENT };
    await gate.fetch(api.url, { sign: ofOther }, other);
    clock += 3539_000;
    await gate.fetch(api.url, { sign: { ...client(gate), scope: 'read' } });
    clock += 2_000;
    await gate.fetch(api.url, { sign: { ...client(gate), scope: 'read' } });
    expect(asked).toEqual([
      { authorization: BASIC, form: { grant_type: 'client_credentials', scope: 'read' } },
      { authorization: BASIC, form: { grant_type: 'client_credentials', scope: 'read' } },
    ]);
    expect(called).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('fetches one token for requests at the same time', async () => {
    await using gate = open();
    await Promise.all(Array.from({ length: 10 }, () => gate.fetch(api.url, { sign: client(gate) })));
    expect(asked).toHaveLength(1);
    expect(new Set(called)).toEqual(new Set(['Bearer token-1']));
  });

  it('gets a token for a refresh token, with a row in the ledger that shows neither', async () => {
    await using gate = open();
    const sign = { ...client(gate), grant: 'refresh_token', refresh_token: gate.secrets.REFRESH };
    await gate.fetch(api.url, { sign });
    expect(asked[0]?.form).toEqual({ grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN });
    const rows = await gate.rows();
    expect(rows.map(({ url, excerpt }) => [url, excerpt])).toEqual([
      [`${tokens.url}/token`, 'grant_type=refresh_token&refresh_token=***'],
      [`${api.url}/`, ''],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/token-1|the-secret|a-refresh/);
  });

  it('sends no token to a host that the secrets it comes from may not go to', async () => {
    await using gate = open([tokens.place]);
    expect(await failureOf(gate.fetch(api.url, { sign: client(gate) }))).toMatch(
      `sealed secret CLIENT may not go to ${api.place}`,
    );
    await using reversed = open([api.place]);
    expect(await failureOf(reversed.fetch(api.url, { sign: client(reversed) }))).toMatch(
      `sealed secret CLIENT may not go to ${tokens.place}`,
    );
    expect([asked, called]).toEqual([[], []]);
  });

  it('names the client in the body where that is wanted, if the secret may stand there', async () => {
    await using gate = open();
    const sign = { ...client(gate), client_auth: 'body' };
    expect(await failureOf(gate.fetch(api.url, { sign }))).toMatch('CLIENT may not stand in a body');
    await gate.fetch(api.url, { sign: { ...sign, client_secret: gate.secrets.REFRESH } });
    expect(asked[0]?.form).toMatchObject({ client_id: 'me', client_secret: REFRESH_TOKEN });
  });

  it('names a client without a secret in the body, for a refresh token only', async () => {
    await using gate = open();
    const { client_secret: _, ...sign } = client(gate);
    expect(await failureOf(gate.fetch(api.url, { sign }))).toMatch(
      'sign.client_secret: is needed by the grant client_credentials',
    );
    const refresh = { ...sign, grant: 'refresh_token', refresh_token: gate.secrets.REFRESH };
    await gate.fetch(api.url, { sign: refresh });
    const form = { grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN, client_id: 'me' };
    expect(asked).toEqual([{ authorization: undefined, form }]);
    expect(called).toEqual(['Bearer token-1']);
  });

  it('fetches another token when one was refused', async () => {
    await using gate = open();
    apiStatus = 401;
    await gate.fetch(api.url, { sign: client(gate) });
    apiStatus = 200;
    await gate.fetch(api.url, { sign: client(gate) });
    expect(called).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it.each([
    [400, { error: 'invalid_client' }, 'answered 400 (invalid_client)'],
    [302, {}, 'answered 302'],
    [200, { access_token: 'with space' }, 'answered without a token'],
    [200, { token_type: 'mac' }, 'gave no bearer token'],
    [
      200,
      { refresh_token: 'the next one' },
      'gave another refresh token, which only a sealed secret can keep',
    ],
  ])('says what is wrong with an answer: %i %j', async (status, body, message) => {
    await using gate = open();
    answer = { status, body };
    const sign = { ...client(gate), grant: 'refresh_token', refresh_token: gate.secrets.REFRESH };
    const failure = await failureOf(gate.fetch(api.url, { sign }));
    expect(failure).toMatch(`TypeError: fetch cannot get an access token: ${tokens.place} `);
    expect(failure).toContain(message);
    expect(called).toEqual([]);
    expect((await gate.rows()).at(-1)?.error).toContain(message);
  });

  it('goes on for others when the job that fetched the token ends', async () => {
    await using gate = open();
    const ending = new AbortController();
    const ended = gate.fetch(api.url, { sign: client(gate) }, { jobId: 'ends', signal: ending.signal });
    const goesOn = gate.fetch(api.url, { sign: client(gate) });
    ending.abort(new Error('The job has ended.'));
    expect(await failureOf(ended)).toMatch('The job has ended.');
    expect((await goesOn).status).toBe(200);
  });
});
