import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../../../../runtime/store/ledger-store.ts';
import { failureOf, keptBody, openTestGate, originOf } from '../../../support/gate.ts';
import { bodyOf, startHttpServer, startTcpServer, type TestServer } from '../../../support/http-server.ts';

const MB = 1024 * 1024;
const SECRET = 'a-value-of-a-secret';
const LARGE = Buffer.concat([Buffer.from(SECRET), Buffer.alloc(3 * MB, ', all of it')]);
const SHA256 = createHash('sha256').update(LARGE).digest('hex');
const NOT_HERE =
  'TypeError: There is no such body: it was read or handed on before, or it is not one of this job';

interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Gives `LARGE` to GET; keeps what it is sent, and answers it as `answer` says. */
async function startPlace(
  answer: (url: string) => { readonly status: number; readonly location?: string } = () => ({ status: 201 }),
): Promise<TestServer & { readonly got: readonly Got[] }> {
  const got: Got[] = [];
  const server = await startHttpServer(async (request, response) => {
    const { method, url = '', headers } = request;
    if (method === 'GET') return response.end(LARGE);
    got.push({ method, url, headers, body: await bodyOf(request) });
    const { status, ...more } = answer(url);
    response.writeHead(status, more).end();
  });
  return Object.assign(server, { got });
}

const openFor = (...places: readonly TestServer[]) =>
  openTestGate({ egress: { allow_private: places.map(({ place }) => place) } });

describe('a body that is handed on', () => {
  it('is sent whole, with its length, after a row that says what it is', async () => {
    await using a = await startPlace();
    let rowsAtFirstByte: readonly LedgerRow[] = [];
    await using b = await startTcpServer(async (socket) => {
      socket.pause();
      await once(socket.resume(), 'data');
      rowsAtFirstByte = await gate.rows();
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    await using gate = openTestGate({
      egress: { allow_private: [a.place, b.place] },
      secrets: { OWN: SECRET },
    });
    const { handle, size } = keptBody(await gate.fetchUnread(a.url));
    expect(size).toBe(LARGE.length);
    await gate.fetch(`${b.url}/in`, { method: 'PUT', body: { handle, last: true } }).catch(() => {});
    const row = {
      method: 'PUT',
      bytes: LARGE.length,
      sha256: SHA256,
      excerpt: expect.stringMatching(/^\*{3}, all of it, all of it/),
    };
    expect(rowsAtFirstByte).toMatchObject([
      { method: 'GET', received_bytes: LARGE.length },
      { ...row, status: null },
    ]);
  });

  it('arrives as it was, without a coding of its transfer', async () => {
    await using a = await startPlace();
    await using b = await startPlace();
    await using gate = openFor(a, b);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    const headers = [['content-type', 'application/x-large']];
    expect(await gate.fetch(b.url, { method: 'PUT', headers, body: { handle, last: true } })).toMatchObject({
      status: 201,
    });
    expect(b.got).toMatchObject([
      { method: 'PUT', body: LARGE, headers: { 'content-type': 'application/x-large' } },
    ]);
    expect(b.got[0]?.headers).toMatchObject({ 'content-length': `${LARGE.length}` });
    expect(b.got[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  it('is sent again where a redirect wants that, with a row for each', async () => {
    await using a = await startPlace();
    await using b = await startPlace((url) =>
      url === '/first' ? { status: 307, location: '/second' } : { status: 201 },
    );
    await using gate = openFor(a, b);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    await gate.fetch(`${b.url}/first`, { method: 'PUT', body: { handle, last: true } });
    expect(b.got.map(({ url, body }) => [url, body.equals(LARGE)])).toEqual([
      ['/first', true],
      ['/second', true],
    ]);
    expect((await gate.rows()).slice(1)).toMatchObject([
      { status: 307, sha256: SHA256 },
      { status: 201, sha256: SHA256 },
    ]);
  });

  it('is not sent to GET after 303', async () => {
    await using a = await startPlace();
    await using b = await startPlace(() => ({ status: 303, location: '/' }));
    await using gate = openFor(a, b);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    const { body } = await gate.fetch(b.url, { method: 'POST', body: { handle, last: true } });
    expect(Buffer.from(body).equals(LARGE)).toBe(true);
    expect((await gate.rows()).at(-1)).toMatchObject({ method: 'GET', bytes: 0 });
  });

  it('may be used again until its last time', async () => {
    await using a = await startPlace();
    await using gate = openFor(a);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    const use = (last: boolean) => gate.fetch(a.url, { method: 'PUT', body: { handle, last } });
    await Promise.all([use(false), use(false), use(true)]);
    expect(a.got.every(({ body }) => body.equals(LARGE))).toBe(true);
    expect(await failureOf(use(true))).toBe(NOT_HERE);
    expect(await failureOf(gate.call('fetch_body', [{ handle, last: true }]))).toBe(NOT_HERE);
    expect(await failureOf(gate.call('fetch_cancel', [{ handle }]))).toBe(NOT_HERE);
  });

  it('does not begin when it did not come in whole; the error and the row name who sent it', async () => {
    await using a = await startTcpServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n`);
      socket.end(LARGE.subarray(0, MB));
    });
    await using gate = openFor(a);
    expect(await failureOf(gate.fetchUnread(a.url))).toBe(
      `TypeError: fetch failed: connection closed by ${a.place}`,
    );
    expect(await gate.rows()).toMatchObject([{ status: null, error: expect.stringContaining(a.place) }]);
  });

  it('is not read by a server that hangs up; the error names that one', async () => {
    await using a = await startPlace();
    await using b = await startTcpServer((socket) => void socket.once('data', () => socket.destroy()));
    await using gate = openFor(a, b);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    const sent = gate.fetch(b.url, { method: 'PUT', body: { handle, last: true } });
    expect(await failureOf(sent)).toBe(`TypeError: fetch failed: connection closed by ${b.place}`);
  });

  it('is not needed any more by a server that answers before it has all', async () => {
    await using a = await startPlace();
    await using b = await startHttpServer((request, response) => {
      if (request.headers['content-length'] !== undefined) response.writeHead(413).end('too much');
    });
    await using gate = openFor(a, b);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    const sent = await gate.fetch(b.url, { method: 'PUT', body: { handle, last: true } });
    expect([sent.status, Buffer.from(sent.body).toString()]).toEqual([413, 'too much']);
  });

  it('is given up when the job ends', async () => {
    await using a = await startPlace();
    await using b = await startTcpServer((socket) => socket.pause());
    await using gate = openFor(a, b);
    const job = new AbortController();
    const { signal } = job;
    const { handle } = keptBody(await gate.fetchUnread(a.url, {}, { signal }));
    const sent = failureOf(gate.fetch(b.url, { method: 'PUT', body: { handle, last: true } }, { signal }));
    while (b.accepted() === 0) await new Promise(setImmediate);
    job.abort(new Error('The job has ended.'));
    expect(await sent).toBe('Error: The job has ended.');
  });
});

describe('a request that its code gives up', () => {
  const ABORTED = 'Error: The code that made the request gave it up.';

  it('ends while it receives, and while it sends on, with an outcome in the ledger', async () => {
    await using a = await startPlace();
    await using slow = await startTcpServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * LARGE.length}\r\n\r\n`);
      socket.write(LARGE);
    });
    await using b = await startTcpServer((socket) => socket.pause());
    await using gate = openFor(a, slow, b);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    const received = failureOf(gate.fetch(slow.url, { abort: 1 }));
    const sent = failureOf(gate.fetch(b.url, { method: 'PUT', body: { handle, last: true }, abort: 2 }));
    while (b.accepted() + slow.accepted() < 2) await new Promise(setImmediate);
    await gate.call('fetch_abort', [1]);
    expect(await received).toBe(ABORTED);
    await gate.call('fetch_abort', [2]);
    expect(await sent).toBe(ABORTED);
    const rows = (await gate.rows()).filter(({ url }) => !url?.startsWith(a.url));
    expect(rows.map(({ error }) => `Error: ${error}`)).toEqual([ABORTED, ABORTED]);
  });

  it('is one of the same job only, and still under way', async () => {
    await using a = await startPlace();
    await using gate = openFor(a);
    const other = { signal: new AbortController().signal };
    const fetched = gate.fetch(a.url, { abort: 1 });
    await gate.call('fetch_abort', [1], other);
    for (const number of [2, '1', null, {}]) await gate.call('fetch_abort', [number]);
    expect((await fetched).status).toBe(200);
    await gate.call('fetch_abort', [1]);
    expect((await gate.fetch(a.url, { abort: 1 })).status).toBe(200);
  });
});

describe('a handle', () => {
  it('means nothing to another job, to another attempt, or made up', async () => {
    await using a = await startPlace();
    await using gate = openFor(a);
    const job = { signal: new AbortController().signal };
    const { handle } = keptBody(await gate.fetchUnread(a.url, {}, job));
    const use = (body: unknown, origin = {}) => failureOf(gate.fetch(a.url, { method: 'PUT', body }, origin));
    expect(await use({ handle, last: true })).toBe(NOT_HERE);
    expect(await use({ handle, last: true }, originOf(gate.project))).toBe(NOT_HERE);
    for (const made of [
      '00000000-0000-4000-8000-000000000000',
      '',
      '__proto__',
      7,
      null,
      { handle },
      ['x'],
    ]) {
      expect(await use({ handle: made, last: true }, job)).toBe(NOT_HERE);
      expect(await failureOf(gate.call('fetch_body', [{ handle: made }], job))).toBe(NOT_HERE);
    }
    expect(a.got).toEqual([]);
    expect(await gate.rows()).toHaveLength(1);
    expect(await gate.call('fetch_body', [{ handle, last: true }], job)).toHaveLength(LARGE.length);
  });

  it('ends with its job', async () => {
    await using a = await startPlace();
    await using gate = openFor(a);
    const job = new AbortController();
    const { handle } = keptBody(await gate.fetchUnread(a.url, {}, { signal: job.signal }));
    job.abort(new Error('The job has ended.'));
    expect(await failureOf(gate.call('fetch_body', [{ handle }], { signal: job.signal }))).toBe(NOT_HERE);
  });

  it('cannot stand in a request without a body', async () => {
    await using a = await startPlace();
    await using gate = openFor(a);
    const { handle } = keptBody(await gate.fetchUnread(a.url));
    expect(await failureOf(gate.fetch(a.url, { body: { handle, last: true } }))).toBe(
      'TypeError: A GET request has no body',
    );
  });
});
