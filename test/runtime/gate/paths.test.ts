import { describe, expect, it } from 'vitest';
import type { EgressEntry } from '../../../runtime/project/manifest.ts';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { startHttpServer, type TestServer } from '../../support/http-server.ts';

/** `METHOD path` and whether `{methods: [GET, POST], paths: [/v1/*, /files/**, /ex*ct.json, /]}` opens it. */
const CASES: readonly (readonly [asked: string, open: boolean])[] = [
  ['GET /', true],
  ['GET /?any=/thing/..%2f', true],
  ['POST /v1/items', true],
  ['GET /v1/', true],
  ['GET /v1/items?x=/admin', true],
  ['GET /files/a/b/c', true],
  ['GET /files/', true],
  ['GET /files/a%2fb', true],
  ['GET /exact.json', true],
  ['GET /exXct.json', true],
  ['GET /v1/caf%C3%A9', true],
  ['GET /v1/a/../b', true],
  ['GET /v1/a%20b', true],
  ['DELETE /v1/items', false],
  ['HEAD /v1/items', false],
  ['OPTIONS /v1/items', false],
  ['GET /v1', false],
  ['GET /files', false],
  ['GET /v1/items/7', false],
  ['GET /V1/items', false],
  ['GET /v2/items', false],
  ['GET /v1/../admin', false],
  ['GET /v1/%2e%2e/admin', false],
  ['GET /v1/..%2fadmin', false],
  ['GET /v1/..%2Fadmin', false],
  ['GET /v1/..%5cadmin', false],
  ['GET /v1/..%252fadmin', false],
  ['GET /v1/%252e%252e%252fadmin', false],
  ['GET /v1/..%2525252525252fadmin', false],
  ['GET /files/..%2fadmin', false],
  ['GET /files/a/..%2f..%2fadmin', false],
  ['GET /files/..;/admin', false],
  ['GET /files/..;x=1/admin', false],
  ['GET /files/%2e%2e;/admin', false],
  ['GET /v1/a%2f..%2fb', false],
  ['GET /v1/..%2fadmin%2f%2f..%2fv1/items', false],
  ['GET /v1/..%2fadmin%2f..;%2fv1/items', false],
  ['GET /files/..%2fadmin%2f%2f..%2ffiles/items', false],
  ['GET /files/..%2fadmin%2f..;%2ffiles/items', false],
  ['GET /files/a%2f.%2fb', false],
  ['GET /v1/..%c0%afadmin', false],
  ['GET /v1/a%00b', false],
  ['GET /v1/a%2fb', false],
  ['GET //v1/items', false],
  ['GET /v1//items', false],
  ['GET /v1\\..\\admin', false],
  ['GET /ex/ct.json', false],
  ['GET /ct.json', false],
  ['GET /%76%31/items', false],
];

const RULE = { methods: ['GET', 'POST'], paths: ['/v1/*', '/files/**', '/ex*ct.json', '/'] };

const gateWith = (server: TestServer, ...allow: EgressEntry[]) =>
  openTestGate({ egress: { allow, allow_private: [server.place] } });

const start = () => startHttpServer((request, response) => response.end(`${request.method} ${request.url}`));

describe('a rule with methods and paths', () => {
  it.each(CASES)('%s: %s', async (asked, open) => {
    await using server = await start();
    await using gate = gateWith(server, { host: server.place, ...RULE });
    const [method, path = ''] = asked.split(' ');
    const fetched = gate.fetch(`${server.url}${path}`, { method });
    if (open) expect((await fetched).status).toBe(200);
    else {
      expect(await failureOf(fetched)).toMatch(/^EgressError: Blocked: egress.allow of this project opens /);
      expect(server.accepted()).toBe(0);
    }
    const rows = await gate.rows();
    expect(rows.map(({ status, blocked }) => [status, blocked === null])).toEqual([
      [open ? 200 : null, open],
    ]);
  });

  it('says in its refusal what it opens, and who can change it', async () => {
    await using server = await start();
    await using gate = gateWith(
      server,
      { host: server.place, ...RULE },
      { host: server.place, methods: ['PUT'] },
    );
    expect(await failureOf(gate.fetch(`${server.url}/v1/items`, { method: 'DELETE' }))).toBe(
      `EgressError: Blocked: egress.allow of this project opens ${server.place} for GET or POST at /v1/* or ` +
        '/files/** or /ex*ct.json or /; PUT only, not for this DELETE. Add what is missing to egress.allow in ' +
        'project.yaml; a Manager has to deploy it.',
    );
  });

  it('is one of several: what any of them opens is open', async () => {
    await using server = await start();
    await using gate = gateWith(
      server,
      { host: server.place, methods: ['GET'], paths: ['/a'] },
      { host: server.place, methods: ['POST'], paths: ['/b'] },
    );
    expect((await gate.fetch(`${server.url}/a`)).status).toBe(200);
    expect((await gate.fetch(`${server.url}/b`, { method: 'POST' })).status).toBe(200);
    expect(await failureOf(gate.fetch(`${server.url}/b`))).toMatch('Blocked');
  });

  it('judges each redirect anew', async () => {
    await using server = await startHttpServer((request, response) => {
      if (request.url === '/v1/go') response.writeHead(302, { location: '/admin' });
      response.end();
    });
    await using gate = gateWith(server, { host: server.place, paths: ['/v1/*'] });
    expect(await failureOf(gate.fetch(`${server.url}/v1/go`))).toMatch('Blocked');
    expect((await gate.rows()).map(({ status, blocked }) => [status, blocked !== null])).toEqual([
      [302, false],
      [null, true],
    ]);
  });

  it('holds for the URL of a param too', async () => {
    await using server = await start();
    await using gate = openTestGate({
      egress: { allow: [{ param: 'API', paths: ['/v1/*'] }], allow_private: [server.place] },
      params: { API: `${server.url}/v1` },
    });
    expect((await gate.fetch(`${server.url}/v1/x`)).status).toBe(200);
    expect(await failureOf(gate.fetch(`${server.url}/v2/x`))).toMatch('Blocked');
  });
});
