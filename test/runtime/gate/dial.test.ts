import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialled } from '../../../runtime/gate/dialled.ts';
import type { LedgerRow } from '../../../runtime/store/ledger-store.ts';
import { selfSigned } from '../../support/certificate.ts';
import { openFtp, textOf } from '../../support/ftp-client.ts';
import { startFtpServer, startLyingFtpServer } from '../../support/ftp-server.ts';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { listen, startTcpServer, type TestServer } from '../../support/http-server.ts';
import { until } from '../../support/wait-for.ts';

const tcp = (port: number, host = '127.0.0.1') => ({ host, port, tls: false, protocol: 'redis' });
const startEcho = () => startTcpServer((socket) => socket.pipe(socket));

async function say(dialled: Dialled, text: string): Promise<string> {
  dialled.socket.end(text);
  const heard = await textOf(dialled.socket);
  await dialled.ended;
  return heard;
}

describe('a dialled connection', () => {
  it('has its row before it is made, and an outcome with the bytes of both directions', async () => {
    const atConnect: Promise<readonly LedgerRow[]>[] = [];
    let rows: () => Promise<readonly LedgerRow[]> = async () => [];
    await using server = await startTcpServer((socket) => {
      atConnect.push(rows());
      socket.once('data', () => socket.end('hello'));
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    rows = gate.rows;
    const dialled = await gate.dial(tcp(server.port));
    expect(await say(dialled, 'hi')).toBe('hello');
    const row = {
      kind: 'connection',
      recipient: server.place,
      url: `redis://${server.place}`,
      method: null,
      sha256: null,
    };
    expect(await atConnect[0]).toMatchObject([{ ...row, bytes: 0, received_bytes: null, duration_ms: null }]);
    expect(await gate.rows()).toMatchObject([
      { ...row, bytes: 2, received_bytes: 5, error: null, duration_ms: expect.any(Number) },
    ]);
  });

  it('has a row for each object, before its first byte', async () => {
    await using server = await startEcho();
    await using gate = openTestGate({
      egress: { allow_private: [server.place] },
      secrets: { TOKEN: 'secret-token', SEALED: 'sealed-value' },
      sealed: { SEALED: { hosts: ['a.example'] } },
    });
    const dialled = await gate.dial(tcp(server.port));
    const sha256 = hash('sha256', 'content', 'hex');
    await dialled.recordObject({ name: `secret-token/${gate.secrets.SEALED}.txt`, bytes: 7, sha256 });
    expect((await gate.rows()).at(-1)).toMatchObject({
      kind: 'object',
      recipient: server.place,
      url: `redis://${server.place}/***/***.txt`,
      bytes: 7,
      sha256,
    });
    expect(await failureOf(dialled.recordObject({ name: 'a', bytes: -1, sha256 }))).toMatch(
      'TypeError: An object',
    );
    expect(await say(dialled, 'content')).toBe('content');
  });

  it('goes to the checked address and nowhere else', async () => {
    await using server = await startEcho();
    let lookups = 0;
    await using gate = openTestGate({
      egress: { allow_private: [`files.invalid:${server.port}`] },
      resolve: async () => {
        lookups += 1;
        return ['127.0.0.1'];
      },
    });
    const dialled = await gate.dial(tcp(server.port, 'files.invalid'));
    expect(dialled.address).toBe('127.0.0.1');
    expect(await say(dialled, 'x')).toBe('x');
    expect(lookups).toBe(1);
  });

  it('goes to the host and port that a param names', async () => {
    await using server = await startEcho();
    await using gate = openTestGate({
      egress: { allow: [{ param: 'FILES' }], allow_private: [server.place] },
      params: { FILES: `files.test:${server.port}` },
      resolve: async () => ['127.0.0.1'],
    });
    expect(await say(await gate.dial(tcp(server.port, 'files.test')), 'x')).toBe('x');
  });

  it.each([
    ['a host that is not open', tcp(21, 'closed.test'), 'Blocked: closed.test:21 is not in egress.allow'],
    ['a host that is open for http', tcp(80, 'good.test'), 'Blocked: good.test:80 is not in egress.allow'],
    [
      'a port that is open for some methods',
      tcp(21, 'some.test'),
      'for GET only, not for other protocols than HTTP',
    ],
    ['another port than that of a param', tcp(22, 'files.test'), 'Blocked: files.test:22 is not in'],
    ['the URL of a param', tcp(8080, 'param.test'), 'Blocked: param.test:8080 is not in'],
    [
      'a private address',
      tcp(21, 'inner.test'),
      'Blocked: inner.test:21 leads to 10.0.0.1, not a public address',
    ],
    ['metadata', tcp(21, '169.254.169.254'), 'Blocked: 169.254.169.254:21 is not in'],
    ['an IPv6 address', tcp(21, '::1'), String.raw`Blocked: \[::1\]:21 is not in`],
  ])('is refused for %s, with one row', async (_name, place, sentence) => {
    await using gate = openTestGate({
      egress: {
        allow: [
          'good.test',
          { host: 'some.test:21', methods: ['GET'] },
          { param: 'API' },
          { param: 'TCP' },
          { param: 'FILES' },
          'inner.test:21',
        ],
      },
      params: { API: 'http://param.test:8080', TCP: 'tcp://closed.test:21', FILES: 'files.test:21' },
      resolve: async (host) => [host === 'inner.test' ? '10.0.0.1' : '93.184.215.14'],
    });
    expect(await failureOf(gate.dial(place))).toMatch(new RegExp(sentence));
    expect(await gate.rows()).toMatchObject([
      { kind: 'connection', blocked: expect.stringMatching(sentence) },
    ]);
  });

  it.each([
    tcp(0),
    tcp(65_536),
    tcp(1.5),
    tcp(21, ''),
    tcp(21, 'a b'),
    tcp(21, 'a/b'),
    tcp(21, 'user@a.test'),
  ])('is a TypeError for %j', async (place) => {
    await using gate = openTestGate();
    expect(await failureOf(gate.dial(place))).toMatch(/^TypeError: /);
  });

  it('tells a failure of the network with one row', async () => {
    await using server = await startEcho();
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    await server[Symbol.asyncDispose]();
    const sentence = `redis failed: connection refused by ${server.place}`;
    expect(await failureOf(gate.dial(tcp(server.port)))).toBe(`TypeError: ${sentence}`);
    expect(await gate.rows()).toMatchObject([{ error: sentence }]);
  });

  it('ends with its job, and with the gate', async () => {
    await using server = await startEcho();
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const job = new AbortController();
    const first = await gate.dial(tcp(server.port), { signal: job.signal });
    first.socket.on('error', () => {});
    const second = await gate.dial(tcp(server.port));
    second.socket.on('error', () => {});
    job.abort(new Error('The job has ended.'));
    await first.ended;
    await gate.gate.close();
    expect(await gate.rows()).toMatchObject([
      { error: 'The job has ended.' },
      { error: 'Sluice is stopping.' },
    ]);
    await until('no connection is left', () => server.connections.size === 0);
    expect(await failureOf(gate.dial(tcp(server.port)))).toBe('Error: Sluice is stopping.');
  });

  it('is one of at most 32 of a project', async () => {
    await using server = await startEcho();
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const all = await Promise.all(Array.from({ length: 32 }, () => gate.dial(tcp(server.port))));
    expect(await failureOf(gate.dial(tcp(server.port)))).toMatch(
      'BusyError: This project has 32 connections open',
    );
    expect((await gate.rows()).flatMap(({ kind, blocked }) => (blocked === null ? [] : [kind]))).toEqual([
      'connection',
    ]);
    await Promise.all(all.map((each) => say(each, 'x')));
    expect(await say(await gate.dial(tcp(server.port)), 'y')).toBe('y');
  });
});

describe('a dialled connection with TLS', () => {
  const now = Date.now();
  const certificate = selfSigned(['secure.test'], new Date(now - 1e8), new Date(now + 1e9));
  const before = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([certificate.cert]));
  afterAll(() => setDefaultCACertificates(before));

  it('has its certificate checked', async () => {
    const start = (): Promise<TestServer> =>
      listen(
        createServer(certificate, (socket) => socket.pipe(socket)),
        '127.0.0.1',
      );
    await using server = await start();
    await using gate = openTestGate({
      egress: { allow_private: ['secure.test', 'wrong.test'].map((name) => `${name}:${server.port}`) },
      resolve: async () => ['127.0.0.1'],
    });
    const place = (host: string) => ({ ...tcp(server.port, host), tls: true });
    expect(await say(await gate.dial(place('secure.test')), 'hidden')).toBe('hidden');
    expect(await failureOf(gate.dial(place('wrong.test')))).toMatch(
      'the certificate is for another host than wrong.test',
    );
    expect(await gate.rows()).toMatchObject([
      { error: null },
      { error: expect.stringMatching('another host') },
    ]);
  });
});

describe('FTP through the gate', () => {
  it.each(['PASV', 'EPSV'] as const)('uploads, lists and downloads, with %s', async (passive) => {
    await using server = await startFtpServer();
    await using gate = openTestGate({ egress: { allow_private: [`127.0.0.1:${server.port}`] } });
    const { client, control, data } = await openFtp(
      gate.dial,
      { host: '127.0.0.1', port: server.port },
      { passive },
    );
    const content = Buffer.alloc(300_000, 'abc');
    await control.recordObject({
      name: 'up.bin',
      bytes: content.length,
      sha256: hash('sha256', content, 'hex'),
    });
    await client.uploadFrom(Readable.from([content]), 'up.bin');
    expect(await readFile(join(server.root, 'up.bin'))).toEqual(content);
    await writeFile(join(server.root, 'down.txt'), 'from the server');
    expect((await client.list()).map(({ name, size }) => [name, size]).toSorted()).toEqual([
      ['down.txt', 15],
      ['up.bin', 300_000],
    ]);
    const down = new PassThrough();
    const downloaded = textOf(down);
    await client.downloadTo(down, 'down.txt');
    expect(await downloaded).toBe('from the server');
    client.close();
    await Promise.all([control, ...data].map(({ ended }) => ended));
    const rows = await gate.rows();
    expect(rows.map(({ kind, error, blocked }) => [kind, error, blocked])).toEqual([
      ['connection', null, null],
      ['object', null, null],
      ['connection', null, null],
      ['connection', null, null],
      ['connection', null, null],
    ]);
    expect(rows[2]).toMatchObject({ bytes: 300_000, received_bytes: 0 });
    expect(rows[4]).toMatchObject({ bytes: 0, received_bytes: 15 });
  });

  it.each([
    ['a private address', '10,0,0,7,78,32', 'to another address than its own'],
    ['a public address', '93,184,215,14,78,32', 'to another address than its own'],
    ['another address of this machine', '127,0,0,2,78,32', 'to another address than its own'],
    ['no address', '999,0,0,1,78,32', 'to another address than its own'],
    ['a port of another service', '127,0,0,1,0,22', 'to port 22, below 1024'],
    ['port 0', '127,0,0,1,0,0', 'needs a host and a port'],
    ['a port that is none', '127,0,0,1,999,1', 'needs a host and a port'],
  ])('refuses a data connection to %s', async (_name, passive, sentence) => {
    await using server = await startLyingFtpServer(passive);
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const { client, control } = await openFtp(gate.dial, { host: '127.0.0.1', port: server.port });
    expect(await failureOf(client.list())).toMatch(sentence);
    client.close();
    await control.ended;
    const refused = (await gate.rows()).slice(1);
    expect(refused.every(({ kind, blocked }) => kind === 'connection' && blocked !== null)).toBe(true);
    expect(server.accepted()).toBe(1);
  });
});
