import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../runtime/clock.ts';
import { createGate } from '../../../../runtime/gate/create-gate.ts';
import type { Gate } from '../../../../runtime/gate/gate.ts';
import { sharedTokens } from '../../../../runtime/gate/sign/shared-tokens.ts';
import type { Keyring } from '../../../../runtime/keyring.ts';
import { createSeals } from '../../../../runtime/sealed/seals.ts';
import { secretBox } from '../../../../runtime/secrets.ts';
import { openPostgresStore } from '../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { encode } from '../../../../sandbox/wire/encode.ts';
import { fetchArgument, originOf, projectWith } from '../../../support/gate.ts';
import { startHttpServer, type TestServer } from '../../../support/http-server.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres/database.ts';
import { deployWrite } from '../../../support/rows.ts';

const KEYRING: Keyring = { keys: [{ id: 'test', bytes: new Uint8Array(32).fill(9) }], source: 'the test' };
const SECRET = 'the-secret-of-a-client';

let database: TestDatabase;
let store: Store;
let server: TestServer;
let projectId: string;
let issued = 0;
let refused: readonly string[] = [];
let called: unknown[] = [];
const gates: Gate[] = [];

beforeEach(async () => {
  [issued, refused, called] = [0, [], []];
  database = await testDatabase();
  store = await openPostgresStore({
    url: database.url,
    chainKey: new Uint8Array(32).fill(7),
  });
  projectId = (await store.deploy(deployWrite()))?.project.id ?? '';
  server = await startHttpServer((request, response) => {
    if (request.url === '/token') {
      issued += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: `an-access-token-${issued}`, expires_in: 3600 }));
      return;
    }
    const { authorization = '' } = request.headers;
    called.push(authorization);
    response.writeHead(refused.includes(authorization) ? 401 : 200).end();
  });
});
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close();
  await server[Symbol.asyncDispose]();
  await store.close();
  await database[Symbol.asyncDispose]();
});

/** The gate of another process, with nothing in its memory. */
function gateOf(scope = 'all'): () => Promise<unknown> {
  const box = secretBox(KEYRING);
  const shared = sharedTokens({
    store,
    secretBox: box,
    keyring: KEYRING,
    clock: systemClock,
    leaseMs: 5_000,
  });
  const gate = createGate({ store, shared });
  gates.push(gate);
  const rules = projectWith({
    egress: { allow_private: [server.place] },
    secrets: { CLIENT: SECRET },
    sealed: { CLIENT: { hosts: [server.place] } },
  });
  const project = { ...rules, project: { ...rules.project, id: projectId } };
  const seals = createSeals(project);
  const sign = {
    type: 'oauth2',
    grant: 'client_credentials',
    token_url: `${server.url}/token`,
    client_id: 'me',
    client_secret: seals.secrets.CLIENT,
    scope,
  };
  return () =>
    gate.call('fetch', encode([fetchArgument(server.url, { sign })]), originOf(project, { seals }));
}

describe('an access token that another process has fetched', () => {
  it('is used, and nobody can read it in the database', async () => {
    await gateOf()();
    await gateOf()();
    expect([issued, called]).toEqual([1, ['Bearer an-access-token-1', 'Bearer an-access-token-1']]);
    const rows = await database.ask<{ sealed: string }>('SELECT * FROM access_tokens');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/an-access-token|the-secret/);
    expect(Buffer.from(JSON.parse(rows[0]?.sealed ?? '')[4], 'base64').toString()).not.toMatch(
      /an-access-token/,
    );
  });

  it('is not used again by who was answered 401, and the others get the next one from them', async () => {
    const [one, two] = [gateOf(), gateOf()];
    await one();
    await two();
    refused = ['Bearer an-access-token-1'];
    await one();
    await one();
    await two();
    await two();
    expect(issued).toBe(2);
    expect(called.slice(-3)).toEqual([
      'Bearer an-access-token-2',
      'Bearer an-access-token-1',
      'Bearer an-access-token-2',
    ]);
  });

  it('is not used when somebody has put it in the place of another one', async () => {
    await gateOf('read')();
    await gateOf('write')();
    await gateOf('write')();
    expect(issued).toBe(2);
    await database.ask('UPDATE access_tokens SET sealed = (SELECT min(sealed) FROM access_tokens)');
    await gateOf('read')();
    await gateOf('write')();
    expect(issued).toBe(3);
  });
});
