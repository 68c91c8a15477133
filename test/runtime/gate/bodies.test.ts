import type { ServerResponse } from 'node:http';
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../runtime/gate/budget.ts';
import { Collector } from '../../../runtime/gate/collector.ts';
import { SPOOL_LIMITS } from '../../../runtime/gate/limits.ts';
import { failureOf, openTestGate, type TestGate } from '../../support/gate.ts';
import { startHttpServer, startTcpServer, type TestServer } from '../../support/http-server.ts';

const MAX = 16 * 1024 * 1024;

/** A server that always answers this, and a gate that may ask it. */
async function answering(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  status = 200,
): Promise<AsyncDisposable & { gate: TestGate; server: TestServer }> {
  const server = await startHttpServer((_request, response) => response.writeHead(status, headers).end(body));
  const gate = openTestGate({ egress: { allow_private: [server.place] } });
  return {
    gate,
    server,
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const HELLO = Buffer.from('hello '.repeat(1000));

describe('the body of an answer', () => {
  it.each([
    ['gzip', gzipSync(HELLO)],
    ['x-gzip', gzipSync(HELLO)],
    ['GZIP', gzipSync(HELLO)],
    ['deflate', deflateSync(HELLO)],
    ['deflate', deflateRawSync(HELLO)],
    ['br', brotliCompressSync(HELLO)],
    ['zstd', zstdCompressSync(HELLO)],
    ['gzip, br', brotliCompressSync(gzipSync(HELLO))],
    ['identity', HELLO],
    ['gzip, identity', gzipSync(HELLO)],
  ])('is decoded from %s', async (coding, sent) => {
    await using at = await answering(sent, { 'content-encoding': coding, 'x-kept': '1' });
    const answer = await at.gate.fetch(at.server.url);
    expect(Buffer.from(answer.body).equals(HELLO)).toBe(true);
    expect(answer.headers).toContainEqual(['x-kept', '1']);
    if (coding !== 'identity') {
      expect(answer.headers.map(([name]) => name)).not.toContain('content-encoding');
      expect(answer.headers.map(([name]) => name)).not.toContain('content-length');
    }
    expect(await at.gate.rows()).toMatchObject([{ received_bytes: sent.length }]);
  });

  it('stays as it is in a coding that nobody knows', async () => {
    await using at = await answering(HELLO, { 'content-encoding': 'rot13' });
    const answer = await at.gate.fetch(at.server.url);
    expect(Buffer.from(answer.body).equals(HELLO)).toBe(true);
    expect(answer.headers).toContainEqual(['content-encoding', 'rot13']);
  });

  it.each([
    [204, 'GET'],
    [304, 'GET'],
    [200, 'HEAD'],
    [200, 'GET'],
  ])('may be empty and yet announce a coding (%d to %s)', async (status, method) => {
    await using at = await answering(new Uint8Array(), { 'content-encoding': 'gzip' }, status);
    expect((await at.gate.fetch(at.server.url, { method })).body).toHaveLength(0);
  });

  it.each([
    ['gzip', Buffer.from('not gzip at all')],
    ['gzip', gzipSync(HELLO).subarray(0, 20)],
    ['br', Buffer.from([0xff, 0xff, 0xff])],
    ['zstd', Buffer.from('not zstd')],
    ['deflate', Buffer.from([0x78, 0x9c, 0xff])],
  ])('is an error when it is not valid %s', async (coding, sent) => {
    await using at = await answering(sent, { 'content-encoding': coding });
    expect(await failureOf(at.gate.fetch(at.server.url))).toBe(
      `TypeError: fetch failed: a body that is not valid ${coding} from ${at.server.place}`,
    );
    expect(await at.gate.rows()).toMatchObject([
      { status: null, error: expect.stringContaining('not valid') },
    ]);
  });

  it('may be as large as 16 MB, and no larger', async () => {
    await using fits = await answering(new Uint8Array(MAX), {});
    expect((await fits.gate.fetch(fits.server.url)).body).toHaveLength(MAX);
    await using over = await answering(new Uint8Array(MAX + 1), {});
    expect(await failureOf(over.gate.fetch(over.server.url))).toMatch(`a body larger than ${MAX} bytes`);
  });
});

describe('a bomb', () => {
  const zeros = new Uint8Array(MAX + 1);
  const window = { params: { [constants.ZSTD_c_windowLog]: 27, [constants.ZSTD_c_contentSizeFlag]: 0 } };

  it.each([
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
    ['br, gzip', gzipSync(brotliCompressSync(zeros))],
  ])('in %s is stopped', async (coding, sent) => {
    expect(sent.length).toBeLessThan(20_000);
    await using at = await answering(sent, { 'content-encoding': coding });
    expect(await failureOf(at.gate.fetch(at.server.url))).toMatch(`a body larger than ${MAX} bytes`);
  });

  it('of many codings is not even begun', async () => {
    await using at = await answering(HELLO, { 'content-encoding': 'gzip, gzip, gzip' });
    expect(await failureOf(at.gate.fetch(at.server.url))).toMatch('more than 2 codings');
  });

  it('that asks for much memory in zstd is refused', async () => {
    const sent = zstdCompressSync(new Uint8Array(MAX), window);
    await using at = await answering(sent, { 'content-encoding': 'zstd' });
    expect(await failureOf(at.gate.fetch(at.server.url))).toMatch('not valid zstd');
  });

  it('of an endless body is stopped', async () => {
    await using server = await startHttpServer((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const write = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', write);
      write();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await failureOf(gate.fetch(server.url))).toMatch(`a body larger than ${MAX} bytes`);
  });

  it('of endless headers is stopped', async () => {
    await using server = await startTcpServer((socket) => {
      const line = `X-Flood: ${'a'.repeat(1000)}\r\n`;
      const write = () => {
        while (!socket.destroyed && socket.write(line));
      };
      socket.on('drain', write).write('HTTP/1.1 200 OK\r\n');
      write();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await failureOf(gate.fetch(server.url))).toMatch('headers larger than 32768 bytes');
  });

  it('of endless trailers is stopped', async () => {
    await using server = await startTcpServer((socket) => {
      const line = `X-Flood: ${'a'.repeat(1000)}\r\n`;
      const write = () => {
        while (!socket.destroyed && socket.write(line));
      };
      socket.on('drain', write).write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n');
      write();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await failureOf(gate.fetch(server.url))).toMatch('TypeError: fetch failed');
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['less than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
    ['nothing', ''],
  ])('of %s is an error', async (_name, bytes) => {
    await using server = await startTcpServer((socket) => socket.once('data', () => socket.end(bytes)));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect(await failureOf(gate.fetch(server.url))).toMatch(/^TypeError: fetch failed: .* (from|by|to) 127/);
  });
});

describe('memory', () => {
  it('and disk of the server are kept from answers that are large all at once', async () => {
    const open = new Set<ServerResponse>();
    let isRefused = false;
    const finish = (response: ServerResponse) => void (response.writableEnded || response.end('!'));
    await using server = await startHttpServer((_request, response) => {
      open.add(response);
      response.write(new Uint8Array(MAX - 1));
      if (isRefused) finish(response);
      response.on('close', () => {
        isRefused = true;
        open.forEach(finish);
      });
    });
    await using gate = openTestGate({
      egress: { allow_private: [server.place] },
      spoolLimits: { ...SPOOL_LIMITS, project: 8 * MAX },
    });
    const ends = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        gate.fetchUnread(server.url, {}, { jobId: `job ${index}` }).then(
          () => 'answered',
          (error: Error) => `${error.name}: ${error.message}`,
        ),
      ),
    );
    const refused = ends.filter((end) => end !== 'answered');
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(
      new Set([
        `BusyError: Bodies of answers that this project has not read yet, or is sending on, take more than ${8 * MAX} bytes. Read each, hand it on or let it go (await response.body.cancel()) before the next.`,
      ]),
    );
    expect((await gate.rows()).filter(({ error }) => error !== null)).toHaveLength(refused.length);
  });

  it('for many small pieces is not much more than the pieces', () => {
    const collector = new Collector();
    for (let index = 0; index < 100_000; index += 1) collector.add(new Uint8Array([index & 0xff]));
    const bytes = collector.bytes();
    expect([bytes.length, bytes[0], bytes[70_000]]).toEqual([100_000, 0, 70_000 & 0xff]);
    expect(bytes.buffer.byteLength).toBeLessThanOrEqual(200_000);
  });

  it('of a project is bounded, and comes back', () => {
    const budget = new Budget(10);
    const [one, two, other] = [budget.open('a'), budget.open('a'), budget.open('b')];
    one.add(6);
    expect(() => two.add(5)).toThrow('hold more than 10 bytes');
    other.add(10);
    two.add(4);
    one.release();
    one.release();
    two.add(6);
    expect(() => one.add(1)).toThrow();
  });
});
