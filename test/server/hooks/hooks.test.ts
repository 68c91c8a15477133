import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ECHO_FILES } from '../../support/echo-project.ts';
import { type Instance, startInstance } from '../../support/instance.ts';
import { requestOf, sendRaw } from '../../support/raw-http.ts';
import { waitFor } from '../../support/wait-for.ts';

let instance: Instance;
let hook: string;
let path: string;
beforeAll(async () => {
  instance = await startInstance({ flags: { max_body: '1MB', trusted_proxies: '127.0.0.1' } });
  ({ IN: hook = '' } = await instance.deploy('echo', ECHO_FILES));
  path = new URL(hook).pathname;
});
afterAll(() => instance.stop());

async function echo(suffix: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(hook + suffix, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

describe('a webhook', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('takes %s', async (method) => {
    expect(await echo('', { method })).toMatchObject({ method });
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(hook, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('');
  });

  it('gives its handler the URL, the path behind its own, arguments and cookies', async () => {
    const seen = await echo('/orders/h%C3%A9/?a=1&b=x%20y&a=2', {
      headers: { cookie: 'sid=s%201; sid=other' },
    });
    expect(seen).toMatchObject({
      url: `${hook}/orders/h%C3%A9/?a=1&b=x%20y&a=2`,
      path: '/orders/hé/',
      args: { a: '1', b: 'x y' },
      all: ['1', '2'],
      cookies: { sid: 's 1' },
    });
  });

  it('gives its handler JSON and other bodies as bytes, unread', async () => {
    const json = await echo('', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(json).toMatchObject({ data: [123], form: {}, files: [] });
    const bytes = await echo('', { method: 'POST', body: new Uint8Array([0, 255, 13, 10]) });
    expect(bytes).toMatchObject({ data: [0, 255, 13, 10] });
  });

  it('gives its handler a urlencoded form, and its bytes for checking a signature', async () => {
    const seen = await echo('', { method: 'POST', body: new URLSearchParams({ a: '1 ü', __proto__x: '2' }) });
    expect(seen).toMatchObject({ form: { a: '1 ü', __proto__x: '2' }, length: 23 });
  });

  it('gives its handler a multipart form with files', async () => {
    const body = new FormData();
    body.append('title', 'Zwei ü');
    body.append('doc', new File(['hello'], '../../etc/passwd', { type: 'text/plain' }));
    expect(await echo('', { method: 'POST', body })).toMatchObject({
      form: { title: 'Zwei ü' },
      files: [
        { name: 'doc', filename: '../../etc/passwd', content_type: 'text/plain', size: 5, text: 'hello' },
      ],
      length: 0,
    });
  });

  it('knows the caller behind a trusted proxy', async () => {
    const seen = await echo('', { headers: { 'x-forwarded-for': '6.6.6.6, 198.51.100.7' } });
    expect(seen).toMatchObject({ remote_addr: '198.51.100.7' });
  });

  it('answers with headers that keep its pages apart from the console', async () => {
    const { headers } = await fetch(hook);
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('does not go through the API: a token means nothing, and no error has its form', async () => {
    const response = await fetch(`${instance.url}/hook/${'x'.repeat(24)}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('There is no such webhook.\n');
  });

  it('keeps its connection for the next request', async () => {
    const two = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n${requestOf(path)}`;
    const answers = await sendRaw(instance.url, two);
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });
});

describe('a request that no handler sees', () => {
  it.each([
    '/hook/',
    '/hook/x/../HOOK',
    '/HOOK/../x',
    'HOOK/..',
    'HOOK/%2e%2e/x',
    'HOOK/..%2fx',
    'HOOK//x',
    '//hook/x',
    'HOOK\\x',
    'HOOK%00',
    'HOOK/%00',
  ])('for %s is 404', async (target) => {
    const answer = await sendRaw(instance.url, requestOf(target.replace('HOOK', path)));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('for a very long path is 404', async () => {
    const answer = await sendRaw(instance.url, requestOf(`${path}/${'a'.repeat(10_000)}`));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('with a head of 64 KB is refused before it is read', async () => {
    const answer = await sendRaw(instance.url, requestOf(`${path}/${'a'.repeat(64 * 1024)}`));
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('with too many headers is 431', async () => {
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a: 1\r\n'.repeat(300)}\r\n`;
    expect(await sendRaw(instance.url, head)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    ['declared', new Uint8Array(1024 * 1024 + 1)],
    ['streamed', new ReadableStream({ start: fillWith(40, 64 * 1024) })],
  ])('with a body that is too large, %s, is 413', async (_how, body) => {
    const response = await fetch(hook, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.text()).toMatch(/larger than 1048576 bytes/);
    expect((await fetch(hook)).status).toBe(200);
  });

  it.each([
    ['without a boundary', 'multipart/form-data', 'x'],
    ['with another boundary', 'multipart/form-data; boundary=b', '--c--'],
    [
      'cut short',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
    ],
  ])('with a multipart form %s is 400', async (_what, type, body) => {
    const response = await fetch(hook, { method: 'POST', body, headers: { 'content-type': type } });
    expect(response.status).toBe(400);
  });

  it('with a form of too many fields is 413', async () => {
    const body = new URLSearchParams('a=1&'.repeat(1001));
    expect((await fetch(hook, { method: 'POST', body })).status).toBe(413);
  });

  it('that is given up by its caller harms nobody', async () => {
    const { port } = new URL(instance.url);
    const half = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc`;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = connect(Number(port), '127.0.0.1');
        await new Promise<void>((resolve) => socket.write(half, () => resolve()));
        socket.resetAndDestroy();
      }),
    );
    expect((await fetch(hook)).status).toBe(200);
    expect(instance.log.join('')).not.toContain('error');
  });
});

describe('a caller that does not wait for its answer', () => {
  it('harms nobody, and the job is done', async () => {
    const { port } = new URL(instance.url);
    const socket = connect(Number(port), '127.0.0.1');
    const body = `gone ${Date.now()}`;
    const length = `Content-Length: ${body.length}`;
    await new Promise<void>((resolve) =>
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n${body}`, () => resolve()),
    );
    socket.resetAndDestroy();
    const job = await waitFor(async () => {
      const { body: list } = await instance.call<{ items: { input: unknown; status: string }[] }>(
        'GET',
        '/jobs',
      );
      return list.items.find((item) => JSON.stringify(item.input).includes(body));
    });
    expect(job.status).toBe('done');
    expect((await fetch(hook)).status).toBe(200);
  });
});

function fillWith(chunks: number, bytes: number) {
  return (controller: ReadableStreamDefaultController<Uint8Array>) => {
    for (let chunk = 0; chunk < chunks; chunk++) controller.enqueue(new Uint8Array(bytes));
    controller.close();
  };
}

describe('hooks with an origin of their own', () => {
  it('answer without the headers that keep pages apart', async () => {
    const other = await startInstance({ flags: { hook_url: 'https://hooks.example.org' } });
    const { IN = '' } = await other.deploy('echo', ECHO_FILES);
    expect(IN).toMatch(/^https:\/\/hooks\.example\.org\/hook\//);
    const { headers } = await fetch(other.url + new URL(IN).pathname);
    expect(headers.get('content-security-policy')).toBeNull();
    await other.stop();
  });
});
