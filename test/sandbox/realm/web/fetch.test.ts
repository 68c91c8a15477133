import { describe, expect, it } from 'vitest';
import type { AskedRequest } from '../../../support/isolate.ts';
import { useTestRealm } from '../../../support/same-as-node.ts';

const asked: AskedRequest[] = [];
const realm = useTestRealm({
  fetch(request) {
    asked.push(request);
    const { pathname } = new URL(request.url);
    if (pathname === '/down') throw new Error('egress to a.example is not allowed');
    if (pathname === '/empty') return { status: 204, statusText: 'No Content' };
    if (pathname === '/moved') return { url: 'https://b.example/end#part', redirected: true };
    return {
      status: 201,
      statusText: 'Created',
      headers: [
        ['Content-Type', 'application/json'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
      body: new TextEncoder().encode('{"ok":true}'),
    };
  },
});

/** What the works were asked for while the body ran. */
async function requestsOf(body: string): Promise<AskedRequest[]> {
  asked.length = 0;
  await realm.run(body);
  return [...asked];
}

describe('fetch asks the works', () => {
  it('for a GET without headers and body when only a URL is given', async () => {
    const expected = {
      method: 'GET',
      url: 'https://a.example/ä'.replace('ä', '%C3%A4'),
      headers: [],
      body: null,
      redirect: 'follow',
    };
    expect(await requestsOf(`await fetch('https://a.example/ä#fragment')`)).toEqual([expected]);
  });

  it('with method, headers, body and redirect', async () => {
    const [request] = await requestsOf(`await fetch(new URL('http://a.example'), {
      method: 'post', headers: { 'X-A': ' b ' }, body: new URLSearchParams({ q: 'ü' }), redirect: 'manual' })`);
    expect(request).toMatchObject({ method: 'POST', url: 'http://a.example/', redirect: 'manual' });
    expect(request?.headers).toEqual([
      ['x-a', 'b'],
      ['content-type', 'application/x-www-form-urlencoded;charset=UTF-8'],
    ]);
    expect(Buffer.from(request?.body ?? []).toString()).toBe('q=%C3%BC');
  });

  it('with the headers of the options in place of those of the Request', async () => {
    const [request] =
      await requestsOf(`const request = new Request('https://a.example', { method: 'POST', body: 'x', headers: { a: '1' } });
      await fetch(request, { headers: { b: '2' } })`);
    expect(request?.headers).toEqual([['b', '2']]);
    expect(Buffer.from(request?.body ?? []).toString()).toBe('x');
  });

  it('with the bytes of a view and no others', async () => {
    const [request] = await requestsOf(
      `await fetch('https://a.example', { method: 'PUT', body: new Uint8Array([1, 2, 3, 4]).subarray(1, 3) })`,
    );
    expect([...(request?.body ?? [])]).toEqual([2, 3]);
    expect(request?.headers).toEqual([]);
  });
});

describe('fetch answers', () => {
  it('with a Response', async () => {
    const body = `const response = await fetch('https://a.example/x');
      return [response instanceof Response, response.status, response.statusText, response.ok, response.url, response.redirected, response.type, response.headers.get('content-type'), response.headers.getSetCookie(), await response.json(), response.bodyUsed]`;
    const expected = [
      true,
      201,
      'Created',
      true,
      'https://a.example/x',
      false,
      'basic',
      'application/json',
      ['a=1', 'b=2'],
      { ok: true },
      true,
    ];
    expect(await realm.run(body)).toEqual(expected);
  });

  it('with the address after redirects, without its fragment', async () => {
    expect(
      await realm.run(
        `const { url, redirected } = await fetch('https://a.example/moved'); return [url, redirected]`,
      ),
    ).toEqual(['https://b.example/end', true]);
  });

  it('with headers that cannot be changed, except in a clone', async () => {
    const body = `const response = await fetch('https://a.example'); const copy = response.clone(); copy.headers.set('a', 'b');
      return [attempt(() => response.headers.set('a', 'b')), attempt(() => response.headers.delete('a')), copy.headers.get('a'), await copy.text(), copy.url === response.url]`;
    expect(await realm.run(body)).toEqual(['throws TypeError', 'throws TypeError', 'b', '{"ok":true}', true]);
  });

  it('with no body where the status has none', async () => {
    expect(
      await realm.run(
        `const response = await fetch('https://a.example/empty'); return [response.body, await response.text()]`,
      ),
    ).toEqual([null, '']);
  });
});

describe('fetch rejects', () => {
  it('with a TypeError that says why nothing was sent', async () => {
    const body = `try { await fetch('https://a.example/down') } catch (error) { return [error.name, error.message, error instanceof TypeError] }`;
    expect(await realm.run(body)).toEqual(['TypeError', 'egress to a.example is not allowed', true]);
  });

  it('every scheme but http and https, without asking', async () => {
    asked.length = 0;
    const body = `const schemes = ['ftp://a', 'file:///etc/passwd', 'data:text/plain,x', 'javascript:1', 'blob:https://a/b', 'ws://a', 'HTTPX://a', 'httpfoo:x'];
      return Promise.all(schemes.map((url) => settle(fetch(url))))`;
    expect(new Set((await realm.run(body)) as string[])).toEqual(new Set(['rejects TypeError']));
    expect(asked).toEqual([]);
  });

  it('wrong requests by a rejection, never by a throw', async () => {
    const body = `const calls = [[], ['relative'], ['https://u:p@a'], ['https://a', { body: 'x' }], ['https://a', { method: 'a b' }], ['https://a', { headers: { 'a b': '' } }], ['https://a', { signal: 5 }], [Symbol()]];
      return Promise.all(calls.map((args) => settle(fetch(...args))))`;
    expect(new Set((await realm.run(body)) as string[])).toEqual(new Set(['rejects TypeError']));
  });

  it('at once when its signal is aborted, with the reason', async () => {
    asked.length = 0;
    const body = `return [await settle(fetch('https://a', { signal: AbortSignal.abort() })), await fetch('https://a', { signal: AbortSignal.abort('why') }).catch((reason) => reason)]`;
    expect(await realm.run(body)).toEqual(['rejects AbortError', 'why']);
    expect(asked).toEqual([]);
  });

  it('when it is aborted meanwhile, and drops the answer', async () => {
    const body = `const controller = new AbortController();
      const answer = settle(fetch(new Request('https://a', { signal: controller.signal })));
      controller.abort();
      return answer`;
    expect(await realm.run(body)).toBe('rejects AbortError');
  });

  it('not when the abort comes after the answer', async () => {
    const body = `const controller = new AbortController();
      const response = await fetch('https://a', { signal: controller.signal });
      controller.abort();
      return response.text()`;
    expect(await realm.run(body)).toBe('{"ok":true}');
  });
});
