import { expect, it } from 'vitest';
import { createGate } from '../../../../runtime/gate/create-gate.ts';
import { keptSecrets } from '../../../../runtime/sealed/kept-secrets.ts';
import { createSeals } from '../../../../runtime/sealed/seals.ts';
import { secretBox } from '../../../../runtime/secrets.ts';
import { encode } from '../../../../sandbox/wire/encode.ts';
import { fetchArgument, originOf, projectWith } from '../../../support/gate.ts';
import { bodyOf, startHttpServer } from '../../../support/http-server.ts';
import { deployWrite } from '../../../support/rows.ts';
import { openTestStore } from '../../../support/store.ts';
import { until } from '../../../support/wait-for.ts';

const KEYRING = { keys: [{ id: 'test', bytes: new Uint8Array(32).fill(9) }], source: 'the test' } as const;

it('a refresh token that another gate on the same store has used up first is read again, and none overwrites a newer one', async () => {
  const { store, close } = openTestStore();
  const box = secretBox(KEYRING);
  const kept = keptSecrets({
    store,
    secretBox: box,
    catalog: { refresh: async () => undefined },
    clock: { now: () => Date.now() },
  });
  const id = (await store.deploy(deployWrite()))?.project.id ?? '';
  const current = async () => (await kept.current(id, 'REFRESH'))?.value;
  const asked: string[] = [];
  await using server = await startHttpServer(async (request, response) => {
    if (request.url !== '/token') return void response.writeHead(200).end();
    const used = new URLSearchParams((await bodyOf(request)).toString()).get('refresh_token') ?? '';
    const isReused = asked.includes(used);
    asked.push(used);
    if (isReused) await until('the first one is stored', async () => (await current()) !== used);
    else if (asked.length === 1) await until('the second one has asked', () => asked.length === 2);
    response.writeHead(isReused ? 400 : 200, { 'content-type': 'application/json' });
    const next = { access_token: `for-${used}`, refresh_token: `${used}+` };
    response.end(JSON.stringify(isReused ? { error: 'invalid_grant' } : next));
  });
  const place = { project_id: id, key: 'REFRESH', version: 1 };
  const sealed = box.seal(id, 'REFRESH', 1, 'a-refresh-token');
  await store.putSecret({ ...sealed, ...place, set_at: 1, set_by: 'admin' });
  const rules = projectWith({
    egress: { allow_private: [server.place] },
    secrets: { REFRESH: 'a-refresh-token' },
    sealed: { REFRESH: { hosts: [server.place], in: ['body'] } },
  });
  const project = { ...rules, project: { ...rules.project, id } };
  const gates = [createGate({ store, kept }), createGate({ store, kept })];
  const calls = gates.map((gate) => {
    const seals = createSeals(project);
    const sign = {
      type: 'oauth2',
      grant: 'refresh_token',
      token_url: `${server.url}/token`,
      client_id: 'me',
      client_secret: 'a-client-secret',
      refresh_token: seals.secrets.REFRESH,
    };
    return gate.call('fetch', encode([fetchArgument(server.url, { sign })]), originOf(project, { seals }));
  });
  await Promise.all(calls);
  expect(asked).toEqual(['a-refresh-token', 'a-refresh-token', 'a-refresh-token+']);
  expect(await current()).toBe('a-refresh-token++');
  const audit = (await store.listAudit({}, { limit: 10 })).items;
  expect(audit.map(({ kind, user, name }) => [kind, user, name])).toEqual([
    ['secret_set', 'gate', 'REFRESH'],
    ['secret_set', 'gate', 'REFRESH'],
  ]);
  for (const gate of gates) await gate.close();
  await close();
});
