import { hash } from 'node:crypto';
import { startTcpServer, type TestServer } from './http-server.ts';

/** As much of a request as arrived. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Announced. */
  readonly length: number;
  readonly body: Buffer;
}

export interface Recorder extends TestServer {
  /** What arrived on every connection there ever was, in its order. */
  recorded(): readonly Buffer[];
}

/** Keeps every byte it gets, and answers each request that is whole. */
export async function startRecorder(onBytes: () => void): Promise<Recorder> {
  const connections: Buffer[][] = [];
  const server = await startTcpServer((socket) => {
    const pieces: Buffer[] = [];
    connections.push(pieces);
    let rest = Buffer.alloc(0);
    socket.on('data', (piece) => {
      pieces.push(piece);
      rest = Buffer.concat([rest, piece]);
      onBytes();
      for (let end = endOf(rest); end <= rest.length; end = endOf(rest)) {
        rest = rest.subarray(end);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      }
    });
  });
  return Object.assign(server, { recorded: () => connections.map((pieces) => Buffer.concat(pieces)) });
}

/** Where the request at the beginning of `bytes` ends; beyond them when it is not whole. */
function endOf(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  return head === -1
    ? Number.POSITIVE_INFINITY
    : head + 4 + lengthIn(bytes.subarray(0, head).toString('latin1'));
}

const lengthIn = (head: string): number => Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);

/** The requests in what arrived on one connection; the last one may be cut anywhere. */
export function requestsIn(bytes: Buffer): readonly RecordedRequest[] {
  const found: RecordedRequest[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const head = rest.indexOf('\r\n\r\n');
    const text = rest.subarray(0, head === -1 ? rest.length : head).toString('latin1');
    const [method = '', path = ''] = (text.split('\r\n')[0] ?? '').split(' ');
    const body = head === -1 ? Buffer.alloc(0) : rest.subarray(head + 4, head + 4 + lengthIn(text));
    found.push({ method, path, length: lengthIn(text), body });
    rest = rest.subarray(Math.min(endOf(rest), rest.length));
  }
  return found;
}

/** The body of the request to a path: none, small, too large for one packet, or too large for the buffers of the system. */
export function bodyFor(path: string): Buffer {
  const seed = Number.parseInt(hash('sha256', path, 'hex').slice(0, 8), 16);
  if (seed % 12 === 11) return Buffer.alloc(seed % 12_000_000, path);
  const size = seed % 3 === 0 ? 0 : seed % 3 === 1 ? seed % 2_000 : seed % 300_000;
  return Buffer.alloc(size, path);
}
