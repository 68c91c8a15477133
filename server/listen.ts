import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './exit-codes.ts';
import { mostConnections } from './most-connections.ts';

/** A bound port. Until `serve` is called, everything is answered with 503. */
export interface Listener {
  /** `http://host:port`, with the port that was chosen. */
  readonly url: string;
  serve(listener: RequestListener): void;
  /** Takes no new connections; resolves when all have ended, at the latest after `graceMs`, when they are cut. */
  close(graceMs: number): Promise<void>;
}

const KEEP_ALIVE_MS = 65_000;
/** A caller that sends slower than this is answered 408: it would hold a place that others need. */
const PATIENCE: Patience = { headersMs: 15_000, requestMs: 120_000, checkedEveryMs: 5000 };

/** How long a caller may take to send the head of its request, and all of it. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkedEveryMs: number;
}

const CHECK_IDLE_MS = 20;

/** Throws a `StartError` when the address cannot be used. */
export async function listen(host: string, port: number, patience = PATIENCE): Promise<Listener> {
  let current: RequestListener = (_request, response) => {
    response.writeHead(503, { 'Retry-After': '1' }).end('Sluice is starting.\n');
  };
  const timeouts = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.checkedEveryMs,
  };
  const server = createServer(timeouts, (request, response) => current(request, response));
  server.maxConnections = mostConnections();
  await bind(server, host, port);
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    serve: (listener) => {
      current = listener;
    },
    close: (graceMs) => closeConnections(server, graceMs),
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  if (error.code === 'EADDRINUSE') {
    const advice = 'Stop what listens there, or choose another port with --port.';
    return new StartError(`Port ${port} on ${host} is in use. ${advice}`, error);
  }
  if (error.code === 'EACCES') {
    const advice = 'Choose one above 1023 with --port.';
    return new StartError(`This user may not listen on port ${port}. ${advice}`, error);
  }
  const advice = 'Choose an address of this machine with --host.';
  return new StartError(`${host} port ${port} cannot be listened on (${error.code}). ${advice}`, error);
}

/** The address as a URL that a person can open. */
export function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Answers on their way are let through; a connection has ended once it is idle. */
async function closeConnections(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), CHECK_IDLE_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
