import { describe, expect, it } from 'vitest';
import { failureOf, fetchArgument, openTestGate } from '../../support/gate.ts';
import { startHttpServer } from '../../support/http-server.ts';

const NEVER = 'http://127.0.0.1:9/';

describe('a request that is not well formed', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', NEVER],
    ['a list', [fetchArgument(NEVER)]],
    ['no URL', fetchArgument(undefined as unknown as string)],
    ['a URL that is no text', { ...fetchArgument(NEVER), url: { href: NEVER } }],
    ['a list as URL', { ...fetchArgument(NEVER), url: [NEVER] }],
    ['no method', { ...fetchArgument(NEVER), method: undefined }],
    ['CONNECT', fetchArgument(NEVER, { method: 'CONNECT' })],
    ['trace', fetchArgument(NEVER, { method: 'trace' })],
    ['TRACK', fetchArgument(NEVER, { method: 'TRACK' })],
    ['a method with a space', fetchArgument(NEVER, { method: 'GET / HTTP/1.1' })],
    ['a method with a line break', fetchArgument(NEVER, { method: 'GET\r\nX: y' })],
    ['an empty method', fetchArgument(NEVER, { method: '' })],
    ['a very long method', fetchArgument(NEVER, { method: 'A'.repeat(33) })],
    ['a method that is no text', fetchArgument(NEVER, { method: ['GET'] })],
    ['headers that are no list', fetchArgument(NEVER, { headers: { a: 'b' } })],
    ['a header that is no pair', fetchArgument(NEVER, { headers: [['a']] })],
    ['a header that is a text', fetchArgument(NEVER, { headers: ['ab'] })],
    ['a header with three parts', fetchArgument(NEVER, { headers: [['a', 'b', 'c']] })],
    ['a header whose value is a number', fetchArgument(NEVER, { headers: [['a', 1]] })],
    ['a header without a name', fetchArgument(NEVER, { headers: [['', 'b']] })],
    ['a header name with a colon', fetchArgument(NEVER, { headers: [['a:', 'b']] })],
    ['a header name with a space', fetchArgument(NEVER, { headers: [['a b', 'b']] })],
    ['a header name with a line break', fetchArgument(NEVER, { headers: [['a\r\nb', 'b']] })],
    ['a header value with a line break', fetchArgument(NEVER, { headers: [['a', 'b\r\nHost: evil']] })],
    ['a header value with a line feed', fetchArgument(NEVER, { headers: [['a', 'b\nHost: evil']] })],
    ['a header value with NUL', fetchArgument(NEVER, { headers: [['a', 'b\0']] })],
    ['a header value beyond Latin-1', fetchArgument(NEVER, { headers: [['a', '\u010d\u010a']] })],
    ['too many headers', fetchArgument(NEVER, { headers: Array(70).fill(['a', 'b'.repeat(1000)]) })],
    ['a body that is a text', fetchArgument(NEVER, { method: 'POST', body: 'text' })],
    ['a body that is a list', fetchArgument(NEVER, { method: 'POST', body: [1, 2] })],
    ['a body that is too large', fetchArgument(NEVER, { method: 'POST', body: new Uint8Array(2 ** 24 + 1) })],
    ['GET with a body', fetchArgument(NEVER, { body: new Uint8Array(1) })],
    ['HEAD with a body', fetchArgument(NEVER, { method: 'head', body: new Uint8Array(1) })],
    ['an unknown redirect mode', fetchArgument(NEVER, { redirect: 'never' })],
    ['no redirect mode', fetchArgument(NEVER, { redirect: undefined })],
  ])('is a TypeError: %s', async (_name, argument) => {
    await using gate = openTestGate({ egress: { allow_private: ['127.0.0.1:9'] } });
    expect(await failureOf(gate.call('fetch', [argument]))).toMatch(/^TypeError: /);
    expect(await gate.rows()).toEqual([]);
  });

  it('never has the value of a header in its error', async () => {
    await using gate = openTestGate();
    const headers = [['Authorization', 'Bearer hidden\n']];
    expect(await failureOf(gate.fetch(NEVER, { headers }))).not.toMatch('hidden');
  });
});

describe('the headers of a request', () => {
  it('leave out those of the connection, as browsers do', async () => {
    await using server = await startHttpServer((request, response) =>
      response.end(JSON.stringify(request.rawHeaders)),
    );
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const answer = await gate.fetch(server.url, {
      method: 'POST',
      headers: [
        ['Host', 'evil.test'],
        ['Connection', 'close, x-kept'],
        ['Content-Length', '999'],
        ['Transfer-Encoding', 'chunked'],
        ['Upgrade', 'websocket'],
        ['TE', 'trailers'],
        ['Trailer', 'x'],
        ['Keep-Alive', 'timeout=999'],
        ['Expect', '100-continue'],
        ['Proxy-Authorization', 'Basic x'],
        ['Proxy-Connection', 'keep-alive'],
        ['HTTP2-Settings', 'x'],
        ['X-Kept', 'a\tb \xe9'],
        ['X-Kept', ''],
        ['User-Agent', 'mine'],
        ['Accept-Encoding', 'identity'],
      ],
    });
    const raw: string[] = JSON.parse(Buffer.from(answer.body).toString());
    const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]]] : []));
    expect(pairs.filter(([name]) => name !== 'host' && name !== 'connection')).toEqual([
      ['x-kept', 'a\tb \xe9'],
      ['x-kept', ''],
      ['user-agent', 'mine'],
      ['accept-encoding', 'identity'],
      ['accept', '*/*'],
      ['content-length', '0'],
    ]);
    expect(pairs).toContainEqual(['host', server.place]);
    expect(pairs).toContainEqual(['connection', 'keep-alive']);
  });

  it('of an answer lose those of the connection and keep every cookie', async () => {
    await using server = await startHttpServer((_request, response) => {
      const headers = [
        'Set-Cookie',
        'a=1; Path=/',
        'Set-Cookie',
        'b=2',
        'X-Latin',
        '\xe9',
        'Proxy-Authenticate',
        'x',
      ];
      response.writeHead(200, headers).end('x');
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const { headers } = await gate.fetch(server.url);
    expect(headers.filter(([name]) => name !== 'date')).toEqual([
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
      ['x-latin', '\xe9'],
    ]);
  });
});
