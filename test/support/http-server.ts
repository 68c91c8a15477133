import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly place: string;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Connections that are open now. */
  readonly connections: ReadonlySet<Socket>;
  /** How many were ever made. */
  accepted(): number;
}

/** A real HTTP server on loopback. */
export const startHttpServer = (
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  host = '127.0.0.1',
): Promise<TestServer> =>
  listen(createServer({ keepAliveTimeout: 30_000 }, handler as RequestListener), host);

/** A real server that speaks whatever `talk` says. */
export const startTcpServer = (talk: (socket: Socket) => void, host = '127.0.0.1'): Promise<TestServer> =>
  listen(createTcpServer(talk), host);

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export async function listen(server: Server, host: string): Promise<TestServer> {
  const connections = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    connections.add(socket);
    socket.on('error', () => {}).on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const { port } = address;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    port,
    place,
    url: `http://${place}`,
    connections,
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}
