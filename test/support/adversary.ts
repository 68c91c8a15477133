import type { Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { startTcpServer, type TestServer } from './http-server.ts';

/** How a hostile server answers; `place` is its own. */
export type Trick = (socket: Socket, place: string) => void;

/** A server that answers `/NAME` with the trick of that name, byte for byte as written here, and everything else with 200. */
export async function startAdversary(tricks: ReadonlyMap<string, Trick>): Promise<TestServer> {
  let place = '';
  const server = await startTcpServer((socket) => {
    socket.on('data', (request) => {
      const path = /^[A-Z]+ \/([^ ?]*)/.exec(request.toString('latin1'))?.[1] ?? '';
      const trick = tricks.get(decodeURIComponent(path)) ?? say('200 OK', [], 'fine');
      trick(socket, place);
    });
  });
  place = server.place;
  return server;
}

/** Bytes as they are, then the end of the connection. */
export const raw =
  (...pieces: readonly (string | Uint8Array)[]): Trick =>
  (socket) => {
    for (const piece of pieces)
      socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    socket.end();
  };

/** A well-formed answer on a connection that stays open. */
export const say =
  (status: string, headers: readonly string[] = [], body: string | Uint8Array = ''): Trick =>
  (socket) => {
    const bytes = Buffer.from(body);
    socket.write(`HTTP/1.1 ${[status, `Content-Length: ${bytes.length}`, ...headers].join('\r\n')}\r\n\r\n`);
    socket.write(bytes);
  };

export const goTo = (location: string, ...headers: readonly string[]): Trick =>
  say('302 Found', [`Location: ${location}`, ...headers]);

/** A head, and then the same piece for as long as somebody reads. */
export const endless =
  (head: string, piece: string | Uint8Array): Trick =>
  (socket) => {
    const many = Buffer.concat(Array.from({ length: 64 }, () => Buffer.from(piece)));
    const pour = (): void => {
      while (socket.writable && socket.write(many));
    };
    socket.on('drain', pour);
    socket.write(head);
    pour();
  };

/** One byte now and then, and never an end. */
export const drip =
  (head: string): Trick =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
  };

/** Zeros that are small on the wire: `coding` of 64 MB. */
export function bomb(coding: 'gzip' | 'deflate' | 'br' | 'zstd'): Uint8Array {
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  if (coding === 'gzip') return gzipSync(zeros, { level: 1 });
  if (coding === 'deflate') return deflateSync(zeros, { level: 1 });
  if (coding === 'zstd') return zstdCompressSync(zeros);
  return brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}
