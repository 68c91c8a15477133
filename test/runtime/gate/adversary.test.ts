import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bomb, drip, endless, goTo, raw, say, startAdversary, type Trick } from '../../support/adversary.ts';
import { failureOf, openTestGate, type ReadResult } from '../../support/gate.ts';
import { until } from '../../support/wait-for.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const coded = (coding: string, body: string | Uint8Array): Trick =>
  say('200 OK', [`Content-Encoding: ${coding}`], body);
const twice = gzipSync(bomb('gzip'));

const TOO_LARGE = 'a body larger than 16777216 bytes from';
const LENGTH = 'a body of another length than announced from';
const NOT_HTTP = 'an answer that is not HTTP from';
const CLOSED = 'connection closed by';
const HEADERS = 'headers larger than 32768 bytes from';
const WIRE = 'an answer of more than 335544320 bytes from';
const RULE = 'Blocked: ';

/** Each case: what the server does, and what `fetch` gives: `STATUS BODY`, or the beginning of its error. */
const ANSWERS: readonly (readonly [name: string, trick: Trick, expected: string])[] = [
  // Bodies without an end.
  ['an endless body in chunks', endless(CHUNKED, `1000\r\n${'x'.repeat(4096)}\r\n`), TOO_LARGE],
  ['an endless body to the end of the connection', endless(`${OK}\r\n`, 'x'.repeat(4096)), TOO_LARGE],
  [
    'a body announced as a terabyte',
    endless(`${OK}Content-Length: 1000000000000\r\n\r\n`, 'x'.repeat(4096)),
    TOO_LARGE,
  ],
  ['an endless extension of a chunk', endless(`${CHUNKED}1;`, 'x'.repeat(4096)), WIRE],
  ['chunks that are mostly extension', endless(CHUNKED, `1;${'e'.repeat(4096)}\r\nx\r\n`), WIRE],
  ['endless trailers', endless(`${CHUNKED}0\r\n`, `T: ${'x'.repeat(1000)}\r\n`), HEADERS],
  // Bodies that grow.
  ['a bomb in gzip', coded('gzip', bomb('gzip')), TOO_LARGE],
  ['a bomb in deflate', coded('deflate', bomb('deflate')), TOO_LARGE],
  ['a bomb in brotli', coded('br', bomb('br')), TOO_LARGE],
  ['a bomb in zstd', coded('zstd', bomb('zstd')), TOO_LARGE],
  ['a bomb in a bomb', coded('gzip, gzip', twice), TOO_LARGE],
  ['three codings', coded('gzip, gzip, gzip', gzipSync(twice)), 'a body in more than 2 codings from'],
  ['a coding nobody knows', coded('snappy', 'abc'), '200 abc'],
  ['gzip that is none', coded('gzip', 'abc'), 'a body that is not valid gzip from'],
  [
    'gzip cut in half',
    coded('gzip', gzipSync('a'.repeat(9999)).subarray(0, 30)),
    'a body that is not valid gzip from',
  ],
  ['brotli that is none', coded('br', 'abcdefgh'), 'a body that is not valid br from'],
  // Lengths that are wrong.
  ['a body shorter than announced', raw(`${OK}Content-Length: 10\r\n\r\nabc`), CLOSED],
  ['a body longer than announced', raw(`${OK}Content-Length: 3\r\n\r\nabcdef`), '200 abc'],
  ['two lengths', raw(`${OK}Content-Length: 3\r\nContent-Length: 6\r\n\r\nabcdef`), LENGTH],
  ['a negative length', raw(`${OK}Content-Length: -1\r\n\r\nabc`), NOT_HTTP],
  ['a length in hexadecimal', raw(`${OK}Content-Length: 0x3\r\n\r\nabc`), NOT_HTTP],
  ['a length with a sign', raw(`${OK}Content-Length: +3\r\n\r\nabc`), NOT_HTTP],
  ['a length that overflows', raw(`${OK}Content-Length: 99999999999999999999\r\n\r\nabc`), LENGTH],
  [
    'a length and chunks',
    raw(`${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
    LENGTH,
  ],
  ['a chunk with a size that overflows', raw(`${CHUNKED}FFFFFFFFFFFFFFFFF\r\nabc`), NOT_HTTP],
  ['a chunk with a negative size', raw(`${CHUNKED}-1\r\nabc`), NOT_HTTP],
  ['a chunk longer than it says', raw(`${CHUNKED}2\r\nabc\r\n0\r\n\r\n`), NOT_HTTP],
  ['the end within a chunk', raw(`${CHUNKED}5\r\nabc`), CLOSED],
  ['trailers', raw(`${CHUNKED}3\r\nabc\r\n0\r\nX-Trailer: yes\r\n\r\n`), '200 abc'],
  ['204 with a body', raw('HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc'), '204 '],
  ['304 with a body', raw('HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc'), '304 '],
  // Heads.
  ['headers without an end', endless(OK, 'X-Flood: 0123456789012345678901234567890123456789\r\n'), HEADERS],
  ['one header without an end', endless(`${OK}X-Flood: `, 'x'.repeat(4096)), HEADERS],
  ['a status line without an end', endless('HTTP/1.1 200 ', 'O'.repeat(4096)), WIRE],
  ['a header of a megabyte', raw(`${OK}X: ${'x'.repeat(1_000_000)}\r\n\r\n`), HEADERS],
  ['ten thousand headers', raw(`${OK}${'X: y\r\n'.repeat(10_000)}\r\n`), 'more than 1000 headers from'],
  ['a header without a colon', raw(`${OK}nonsense\r\n\r\nabc`), NOT_HTTP],
  ['a header with NUL', raw(`${OK}X: a\0b\r\n\r\nabc`), NOT_HTTP],
  ['a space before the colon', raw(`${OK}Content-Length : 3\r\n\r\nabc`), NOT_HTTP],
  ['a status of four digits', raw('HTTP/1.1 2000 OK\r\n\r\nabc'), NOT_HTTP],
  ['a status that is a word', raw('HTTP/1.1 abc OK\r\n\r\nabc'), NOT_HTTP],
  ['an answer of HTTP/0.9', raw('<html>hello</html>'), NOT_HTTP],
  ['an answer of HTTP/2', raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), NOT_HTTP],
  ['an answer of HTTP/7.3', raw('HTTP/7.3 200 OK\r\n\r\nabc'), NOT_HTTP],
  ['the banner of an SSH server', raw('SSH-2.0-OpenSSH_9.2\r\n'), NOT_HTTP],
  ['the banner of a mail server', raw('220 mail ESMTP\r\n500 what?\r\n'), NOT_HTTP],
  ['nothing at all', raw(''), CLOSED],
  ['the end within the headers', raw(`${OK}X: y\r\n`), CLOSED],
  // Interim answers.
  [
    'an early hint',
    raw(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}Content-Length: 3\r\n\r\nabc`),
    '200 abc',
  ],
  [
    'interim answers without an end',
    endless('', 'HTTP/1.1 102 Processing\r\n\r\n'),
    'more than 20 interim answers from',
  ],
  [
    '100 that nobody asked for',
    raw(`HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 3\r\n\r\nabc`),
    CLOSED,
  ],
  [
    'another protocol that nobody asked for',
    raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    CLOSED,
  ],
  // Redirects.
  ['a redirect to a private address', goTo('http://10.0.0.1/'), RULE],
  ['a redirect to metadata', goTo('http://169.254.169.254/latest/meta-data/'), RULE],
  ['a redirect to metadata in IPv6', goTo('http://[fd00:ec2::254]/'), RULE],
  ['a redirect to a mapped address', goTo('http://[::ffff:127.0.0.1]/'), RULE],
  ['a redirect without a scheme', goTo('//evil.test/'), RULE],
  ['a redirect to another port', goTo('http://127.0.0.1:1/'), RULE],
  ['a redirect to a file', goTo('file:///etc/passwd'), 'http and https URLs only'],
  ['a redirect to data', goTo('data:text/html,hello'), 'http and https URLs only'],
  ['a redirect to FTP', goTo('ftp://127.0.0.1/'), 'http and https URLs only'],
  ['a redirect to code', goTo('javascript:alert(1)'), 'http and https URLs only'],
  ['a redirect with a password', goTo('http://a:b@127.0.0.1/'), 'no URL with a user name'],
  ['a redirect to nowhere', goTo('http://'), 'cannot read the URL'],
  ['a redirect to a long URL', goTo(`/${'x'.repeat(20_000)}`), 'no URL longer than 16384 characters'],
  [
    'a redirect with a broken line',
    raw('HTTP/1.1 302 Found\r\nLocation: /a\r\n\tb\r\nContent-Length: 0\r\n\r\n'),
    NOT_HTTP,
  ],
  ['a redirect to itself', (socket, place) => goTo(`http://${place}/again`)(socket, place), '200 fine'],
];

const LOOP: Trick = goTo('/loop');

const textOf = ({ status, body }: ReadResult) => `${status} ${Buffer.from(body).toString()}`;

/** What came of it: the answer, or the error. */
const seen = (fetched: Promise<ReadResult>): Promise<string> =>
  fetched.then(textOf, (error: Error) => error.message);

describe('a hostile server', () => {
  it.each(ANSWERS)('%s', async (name, trick, expected) => {
    await using server = await startAdversary(new Map([[name, trick]]));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const url = `${server.url}/${encodeURIComponent(name)}`;
    const result = await seen(gate.fetch(url, { headers: [['Accept-Encoding', 'gzip']] }));
    if (/^\d/.test(expected)) expect(result).toBe(expected);
    else expect(result).toMatch(expected);
    const rows = await gate.rows();
    const hops = /redirect/.test(name) && expected !== NOT_HTTP && !/URL/.test(expected) ? 2 : 1;
    expect(rows).toHaveLength(hops);
    for (const { status, error, blocked } of rows) {
      expect([status, error, blocked].filter((each) => each !== null)).toHaveLength(1);
    }
    expect(rows.at(-1)?.blocked === null).toBe(expected !== RULE);
  });

  it('sends a request round in circles ten times at most', async () => {
    await using server = await startAdversary(new Map([['loop', LOOP]]));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await failureOf(gate.fetch(`${server.url}/loop`))).toMatch('more than 10 redirects');
    expect((await gate.rows()).map(({ status }) => status)).toEqual(Array(11).fill(302));
  });

  it.each([
    ['a body', drip(`${OK}Content-Length: 1000000\r\n\r\n`)],
    ['headers', drip(`${OK}X: `)],
    ['a status line', drip('HTTP/1.1 200 ')],
    ['the size of a chunk', drip(`${CHUNKED}1;`)],
  ])('that drips %s is left when the job ends', async (_name, trick) => {
    await using server = await startAdversary(new Map([['slow', trick]]));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const job = new AbortController();
    const fetched = failureOf(gate.fetch(`${server.url}/slow`, {}, { signal: job.signal }));
    await until('the server was asked', () => server.connections.size === 1);
    job.abort(new Error('The job has ended.'));
    expect(await fetched).toBe('Error: The job has ended.');
    await until('the connection is closed', () => server.connections.size === 0);
    expect(await gate.rows()).toMatchObject([{ status: null, error: 'The job has ended.' }]);
  });

  it('cannot answer a request with what it sent before', async () => {
    await using server = await startAdversary(new Map([['first', twoAnswers]]));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    for (let round = 0; round < 5; round += 1) {
      const lost = `fetch failed: ${CLOSED} ${server.place}`;
      expect(['200 first', lost]).toContain(await seen(gate.fetch(`${server.url}/first`)));
      expect(['200 fine', lost]).toContain(await seen(gate.fetch(`${server.url}/second`)));
    }
  });
});

const twoAnswers: Trick = (socket) =>
  void socket.write(`${OK}Content-Length: 5\r\n\r\nfirst${OK}Content-Length: 7\r\n\r\nunasked`);

describe('a hostile resolver', () => {
  /** What the name resolves to at each request; `here` is a server on loopback whose address is permitted. */
  const here = ['127.0.0.1'];
  const CASES: readonly (readonly [
    name: string,
    answers: readonly (readonly string[])[],
    expected: readonly string[],
  ])[] = [
    ['first the permitted address, then another', [here, ['127.0.0.2']], ['200 fine', RULE]],
    ['first a permitted address, then metadata', [here, ['169.254.169.254']], ['200 fine', RULE]],
    ['a private address among public ones', [['93.184.215.14', '10.0.0.1']], [RULE]],
    ['a public address after the permitted one', [['127.0.0.1', '10.0.0.1']], [RULE]],
    [
      'one private address behind a thousand public ones',
      [[...Array(1000).fill('93.184.215.14'), '10.0.0.1']],
      [RULE],
    ],
    ['a mapped address', [['::ffff:127.0.0.1']], [RULE]],
    ['a translated address', [['64:ff9b::7f00:1']], [RULE]],
    ['a 6to4 address', [['2002:7f00:1::1']], [RULE]],
    ['a site-local address', [['fec0::1']], [RULE]],
    ['an address with a zone', [['fe80::1%lo']], [RULE]],
    ['an address in another spelling', [['127.1']], [RULE]],
    ['a name', [['localhost']], [RULE]],
    ['an empty text', [['']], [RULE]],
    ['no address', [[]], ['no such host']],
    [
      'another address each time, with no time to live',
      [here, ['10.0.0.1'], here, ['::1'], here],
      ['200 fine', RULE, '200 fine', RULE, '200 fine'],
    ],
  ];

  it.each(CASES)('%s', async (_name, answers, expected) => {
    await using server = await startAdversary(new Map());
    const left = [...answers];
    await using gate = openTestGate({
      egress: { allow: [`moving.test:${server.port}`], allow_private: [server.place] },
      resolve: async () => left.shift() ?? [],
    });
    const results: string[] = [];
    for (const _each of answers) results.push(await seen(gate.fetch(`http://moving.test:${server.port}/`)));
    results.forEach((result, index) => {
      expect(result).toMatch(expected[index] ?? '');
    });
    const rows = await gate.rows();
    expect(rows.map(({ blocked }) => blocked === null)).toEqual(expected.map((each) => each !== RULE));
    expect(left).toEqual([]);
  });
});

it('has more than sixty cases', () => {
  expect(ANSWERS.length).toBeGreaterThanOrEqual(60);
});
