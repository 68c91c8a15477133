import { describe, expect, it } from 'vitest';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { bodyOf, startHttpServer, type TestServer } from '../../support/http-server.ts';

interface Seen {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Answers `/go?to=URL&as=STATUS` with that redirect and everything else with 200; remembers what it was asked. */
async function startRedirecter(seen: Seen[]): Promise<TestServer> {
  return startHttpServer(async (request, response) => {
    const body = await bodyOf(request);
    seen.push({
      path: request.url ?? '',
      method: request.method ?? '',
      headers: request.headers,
      body: body.toString(),
    });
    const url = new URL(request.url ?? '', 'http://x');
    const to = url.searchParams.get('to');
    if (to === null) return void response.end('here');
    response.writeHead(Number(url.searchParams.get('as') ?? 302), { location: to });
    response.end('moved');
  });
}

const SECRET = 'a-secret-of-the-project';

describe('a redirect', () => {
  it('is followed, with a row for every hop', async () => {
    const seen: Seen[] = [];
    await using server = await startRedirecter(seen);
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const answer = await gate.fetch(`${server.url}/go?to=/there%23x`);
    expect(answer).toMatchObject({ status: 200, url: `${server.url}/there`, redirected: true });
    expect((await gate.rows()).map(({ url, status }) => [url, status])).toEqual([
      [`${server.url}/go?to=/there%23x`, 302],
      [`${server.url}/there`, 200],
    ]);
  });

  it('is judged like a request of its own', async () => {
    const seen: Seen[] = [];
    await using server = await startRedirecter(seen);
    await using inside = await startHttpServer((_request, response) => response.end('inside'));
    await using gate = openTestGate({
      egress: { allow: [`inner.test:${inside.port}`], allow_private: [server.place] },
      resolve: async () => ['127.0.0.1'],
    });
    const go = (to: string) => gate.fetch(`${server.url}/go?to=${encodeURIComponent(to)}`);
    expect(await failureOf(go(`http://127.0.0.1:${inside.port}/`))).toMatch('not in egress.allow');
    expect(await failureOf(go(`http://inner.test:${inside.port}/`))).toMatch('not a public address');
    expect(await failureOf(go('http://169.254.169.254/'))).toMatch('not in egress.allow');
    expect(await failureOf(go('file:///etc/passwd'))).toMatch('http and https URLs only');
    expect(await failureOf(go('data:,hello'))).toMatch('http and https URLs only');
    expect(await failureOf(go(`http://user:pass@${server.place}/`))).toMatch('user name');
    expect(await failureOf(go('http://['))).toMatch('cannot read the URL');
    expect(inside.accepted()).toBe(0);
    expect((await gate.rows()).filter(({ blocked }) => blocked !== null)).toHaveLength(3);
  });

  it('cannot put a line of its own into the next request', async () => {
    const seen: Seen[] = [];
    await using server = await startRedirecter(seen);
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    await gate.fetch(`${server.url}/go?to=${encodeURIComponent('/a%0d%0aX-Evil:%201')}`);
    expect(seen[1]?.path).toBe('/a%0d%0aX-Evil:%201');
    expect(seen[1]?.headers).not.toHaveProperty('x-evil');
  });

  it('ends after ten', async () => {
    await using server = await startHttpServer((request, response) => {
      response.writeHead(302, { location: `/${Number(request.url?.slice(1)) + 1}` }).end();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await failureOf(gate.fetch(`${server.url}/0`))).toBe(
      'TypeError: fetch failed: more than 10 redirects',
    );
    expect(await gate.rows()).toHaveLength(11);
  });

  it('is left to the caller, or an error, when the request says so', async () => {
    const seen: Seen[] = [];
    await using server = await startRedirecter(seen);
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const url = `${server.url}/go?to=/there`;
    const answer = await gate.fetch(url, { redirect: 'manual' });
    expect(answer).toMatchObject({ status: 302, redirected: false, url });
    expect(answer.headers).toContainEqual(['location', '/there']);
    expect(Buffer.from(answer.body).toString()).toBe('moved');
    expect(await failureOf(gate.fetch(url, { redirect: 'error' }))).toMatch(
      'TypeError: fetch failed: the answer',
    );
    expect(seen).toHaveLength(2);
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('%d turns %s into %s', async (status, method, expected) => {
    const seen: Seen[] = [];
    await using server = await startRedirecter(seen);
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const body = method === 'HEAD' ? null : Buffer.from('payload');
    await gate.fetch(`${server.url}/go?to=/there&as=${status}`, {
      method,
      body,
      headers: [['content-type', 'text/plain']],
    });
    const keeps = method === expected && method !== 'HEAD';
    expect(seen[1]).toMatchObject({ method: expected, body: keeps ? 'payload' : '' });
    if (expected === 'GET') expect(seen[1]?.headers).not.toHaveProperty('content-type');
    const rows = await gate.rows();
    expect(rows.map(({ bytes }) => bytes)).toEqual(body === null ? [0, 0] : [7, keeps ? 7 : 0]);
  });

  it('takes credentials along at the same origin only', async () => {
    const seen: Seen[] = [];
    await using server = await startRedirecter(seen);
    await using other = await startRedirecter(seen);
    await using gate = openTestGate({
      egress: { allow_private: [server.place, other.place] },
      secrets: { TOKEN: SECRET },
    });
    const headers = [
      ['Authorization', 'Bearer x'],
      ['Cookie', 'a=b'],
      ['X-Api-Key', SECRET],
      ['X-Encoded', Buffer.from(`user:${SECRET}`).toString('base64')],
      ['X-Plain', 'kept'],
    ];
    await gate.fetch(`${server.url}/go?to=/there`, { headers });
    await gate.fetch(`${server.url}/go?to=${other.url}/there`, { headers });
    const [, same, , across] = seen.map((each) =>
      Object.keys(each.headers).filter((name) => /^(authorization|cookie|x-)/.test(name)),
    );
    expect(same).toEqual(['authorization', 'cookie', 'x-api-key', 'x-encoded', 'x-plain']);
    expect(across).toEqual(['x-plain']);
  });

  it('does not wait for a body that nobody reads', async () => {
    await using server = await startHttpServer((request, response) => {
      if (request.url === '/there') return void response.end('here');
      response.writeHead(302, { location: '/there' }).write('x');
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect((await gate.fetch(`${server.url}/endless`)).status).toBe(200);
  });

  it('without a location is an answer like others', async () => {
    await using server = await startHttpServer((_request, response) => response.writeHead(302).end('no way'));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await gate.fetch(server.url)).toMatchObject({ status: 302, redirected: false });
  });
});
