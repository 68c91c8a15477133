import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();
const BODIES = `const form = () => { const data = new FormData(); data.append('a b"\\n', 'x\\ny'); data.append('f', new File(['file'], 'n"ü.txt', { type: 'text/x' })); return data; };
  const bodies = () => ['', 'text ü\\uD800', '\\uFEFFbom', new Uint8Array([1, 255]), new Uint8Array([1, 2, 3]).subarray(1), new Uint8Array([65]).buffer, new DataView(new Uint8Array([66]).buffer),
    new Blob(['b'], { type: 'a/b' }), new Blob(['b']), new URLSearchParams({ a: 'ü b' }), 12, { toString: () => 'obj' }, null, undefined];`;

describe('Response in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'takes every kind of body, with its content type': `${BODIES}
      const seen = [];
      for (const body of bodies()) { const response = new Response(body); seen.push(response.headers.get('content-type'), await response.text(), response.bodyUsed); }
      return seen;`,
    'gives its body in every form': `${BODIES}
      const seen = [];
      for (const at of bodies().keys()) {
        const make = () => new Response(bodies()[at]);
        const blob = await make().blob();
        seen.push([...new Uint8Array(await make().arrayBuffer())], [...await make().bytes()], [blob.size, blob.type, await blob.text()]);
      }
      return seen;`,
    'gives its body once': `
      const response = new Response('x'); const seen = [response.bodyUsed, await response.text(), response.bodyUsed];
      const empty = new Response(null);
      return [...seen, await settle(response.text()), await settle(response.json()), await settle(response.blob()), attempt(() => response.clone()), await empty.text(), empty.bodyUsed, await empty.text(), empty.body === null];`,
    'reads JSON': `
      return [await new Response('{"a":[1]}').json(), await new Response('\\uFEFF5').json(), await settle(new Response('{').json()), await settle(new Response(null).json())];`,
    'has a status, a text and headers': `
      const response = new Response('x', { status: '404', statusText: 'Nö', headers: { A: 'b', 'Content-Type': 'c/d' } });
      const bare = new Response();
      return [response.status, response.statusText, response.ok, [...response.headers], response.url, response.redirected, response.type, bare.status, bare.statusText, bare.ok, [...bare.headers], new Response('', { status: 299 }).ok];`,
    'refuses what no response has': `
      return [199, 600, 0, 'x', 100].map((status) => attempt(() => new Response('', { status }))).concat(
        [204, 205, 304].flatMap((status) => [attempt(() => new Response('', { status })), attempt(() => new Response(null, { status }).status)]),
        ['a\\nb', '€'].map((statusText) => attempt(() => new Response('', { statusText }))), attempt(() => Response('')), attempt(() => new Response('', { headers: { 'a b': 'c' } })));`,
    'is made of JSON': `
      const seen = [];
      for (const args of [[{ a: 1 }], [null], ['x', { status: 201, headers: { 'content-type': 'x/y', b: 'c' } }], [[], { statusText: 'S' }]]) {
        const response = Response.json(...args); seen.push(response.status, response.statusText, [...response.headers], await response.text());
      }
      return [...seen, attempt(() => Response.json(undefined)), attempt(() => Response.json(1n)), attempt(() => Response.json(1, { status: 204 }))];`,
    'is an error or a redirect': `
      const error = Response.error(); const redirect = Response.redirect('https://a.example/ü', 303);
      return [error.status, error.type, error.ok, attempt(() => error.headers.set('a', 'b')), redirect.status, [...redirect.headers], Response.redirect('https://a').status,
        attempt(() => Response.redirect('https://a', 200)), attempt(() => Response.redirect('https://'))];`,
    'is cloned': `
      const response = new Response('x', { status: 201, statusText: 'S', headers: { a: 'b' } }); const copy = response.clone();
      copy.headers.set('a', 'c');
      return [await response.text(), await copy.text(), copy.status, copy.statusText, response.headers.get('a'), copy.headers.get('a'), new Response(null).clone().body === null];`,
    'copies the bytes it is given': `const bytes = new Uint8Array([65]); const response = new Response(bytes); bytes[0] = 66; return response.text();`,
  });
});

describe('form bodies in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'are written as multipart': `${BODIES}
      const response = new Response(form());
      const type = response.headers.get('content-type'); const boundary = type.split('boundary=')[1];
      return [type.replace(boundary, 'B'), (await response.text()).replaceAll(boundary, 'B').trimEnd()];`,
    'are read as they were written': `${BODIES}
      const read = await new Response(form()).formData();
      return Promise.all([...read].map(async ([name, value]) => [name, value instanceof File ? [value.name, value.type, await value.text()] : value]));`,
    'are read from urlencoded text': `
      const read = (text, type) => settle(new Response(text, { headers: { 'content-type': type } }).formData().then((form) => [...form]));
      return [await read('a=1&b=%C3%BC+x', 'application/x-www-form-urlencoded'), await read('a=1', 'application/x-www-form-urlencoded;charset=utf-8'), await read('a=1', 'text/plain'), await read('', 'application/x-www-form-urlencoded')];`,
    'are read from multipart of other clients': `
      const read = (lines, type) => settle(new Response(lines.join('\\r\\n'), { headers: { 'content-type': type } }).formData()
        .then((form) => Promise.all([...form].map(async ([name, value]) => [name, value instanceof File ? [value.name, value.type, await value.text()] : value]))));
      const head = (text) => 'Content-Disposition: form-data; ' + text;
      return [
        await read(['--X', head('name="a"'), '', '1', '--X', head('name="f"; filename="x.bin"'), 'content-type: A/b', '', 'l1', '', '--Xnot', '--X--', ''], 'multipart/form-data; boundary=X'),
        await read(['--X', head('name="a"'), '', '', '--X--', ''], 'multipart/form-data; boundary="X"'),
        await read(['--X--', ''], 'multipart/form-data; boundary=X'),
        await read(['nothing'], 'multipart/form-data; boundary=X'),
        await read(['--X', head('name="a"'), '', 'cut'], 'multipart/form-data; boundary=X'),
        await read(['--X', 'no-name: 1', '', 'v', '--X--', ''], 'multipart/form-data; boundary=X'),
        await read(['--X', head('name="a"'), '', '1', '--X--', ''], 'multipart/form-data'),
      ];`,
  });
});

describe('Request in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'has a URL, a method and headers': `
      const request = new Request('https://a.example/ü?x#f', { method: 'post', headers: { A: 'b' }, body: 'x', redirect: 'manual' });
      const bare = new Request(new URL('https://a.example'));
      return [request.url, request.method, [...request.headers], request.redirect, await request.text(), request.bodyUsed, bare.url, bare.method, [...bare.headers], bare.redirect, bare.body === null, bare.signal.aborted];`,
    'keeps methods as the standard wants it': `
      return ['get', 'Post', 'PUT', 'delete', 'head', 'options', 'Patch', 'x-own', '', 'a b', 'trace', 'CONNECT', 'ü', null]
        .map((method) => attempt(() => new Request('https://a', { method }).method));`,
    'refuses what no request is': `
      return [attempt(() => new Request()), attempt(() => new Request('relative')), attempt(() => new Request('https://u:p@a')), attempt(() => new Request('https://a', { body: 'x' })),
        attempt(() => new Request('https://a', { method: 'HEAD', body: '' })), attempt(() => new Request('https://a', { redirect: 'x' })), attempt(() => new Request('https://a', { signal: {} })), attempt(() => Request('https://a'))];`,
    'takes over another request, whose body it reads': `
      const first = new Request('https://a.example', { method: 'POST', body: 'x', headers: { a: '1' } });
      const second = new Request(first, { headers: { b: '2' } });
      const third = new Request(second, { method: 'PUT', body: 'y' });
      return [first.bodyUsed, second.method, [...second.headers], third.method, [...third.headers], await third.text(), attempt(() => new Request(first)), second.bodyUsed, attempt(() => new Request(second, { method: 'GET' }))];`,
    'is cloned': `
      const request = new Request('https://a.example', { method: 'POST', body: 'x', headers: { a: '1' } }); const copy = request.clone();
      copy.headers.set('a', '2');
      return [await request.text(), await copy.text(), copy.method, copy.url, request.headers.get('a'), attempt(() => request.clone())];`,
    'follows a signal': `
      const controller = new AbortController();
      const request = new Request('https://a', { signal: controller.signal }); const copy = new Request(request); const none = new Request(request, { signal: null });
      controller.abort('why');
      return [request.signal === controller.signal, request.signal.aborted, request.signal.reason, copy.signal.aborted, none.signal.aborted, request.signal instanceof AbortSignal];`,
  });
});

describe('a body', () => {
  it('of many part headers is read in linear time', async () => {
    const body = `const text = '--X\\r\\n' + 'a\\r\\n--'.repeat(300_000);
      return settle(new Response(text, { headers: { 'content-type': 'multipart/form-data; boundary=X' } }).formData())`;
    expect(await realm.run(body)).toBe('rejects TypeError');
  });
});
