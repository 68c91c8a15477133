import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LedgerWrite } from '../store/ledger-store.ts';
import type { Crossing } from './crossing.ts';
import type { Destination } from './destination.ts';
import { outcomeRow } from './ledger-rows.ts';
import { CONNECT_MS } from './limits.ts';
import { pinned } from './pinned.ts';
import { writeAfter } from './write-ledger.ts';

export interface OpenSocket {
  readonly raw: Socket;
  /** Resolves when it is connected, with TLS when its certificate is checked. Rejects with errors of Node.js. */
  readonly opened: Promise<void>;
  /** Resolves when it is closed, with the error that closed it, if one did. */
  readonly closed: Promise<Error | null>;
}

/** Connects to `addresses` and nowhere else; `signal` destroys it, whatever its state. */
export function openSocket(
  { host, port }: Destination,
  tls: boolean,
  addresses: readonly string[],
  signal: AbortSignal,
): OpenSocket {
  const opened = Promise.withResolvers<void>();
  const options = { host, port, lookup: pinned(addresses), keepAlive: true, noDelay: true };
  const raw = tls
    ? connectTls({ ...options, rejectUnauthorized: true, ...(isIP(host) === 0 ? { servername: host } : {}) })
    : connect(options);
  const destroyed = whenDestroyed(raw);
  const late = () => raw.destroy(Object.assign(new Error('too late'), { code: 'UND_ERR_CONNECT_TIMEOUT' }));
  const timer = setTimeout(late, CONNECT_MS);
  const onAbort = () => raw.destroy(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  raw.on('error', () => {});
  raw.once(tls ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    opened.resolve();
  });
  const closed = destroyed.then((failure) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    opened.reject(failure ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    return failure;
  });
  opened.promise.catch(() => {});
  return { raw, opened: opened.promise, closed };
}

/** Resolves with the error that ended a socket, if one did. Not by a listener: drivers take all listeners off a socket. */
function whenDestroyed(socket: Socket): Promise<Error | null> {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  const destroy = socket._destroy.bind(socket);
  socket._destroy = (error, callback) => {
    destroy(error, (failure) => {
      callback(failure);
      resolve(failure ?? error);
    });
  };
  return promise;
}

/** Writes the outcome of the connection that `row` describes when it has closed: bytes in both directions, and its error as `tell` puts it. */
export async function whenClosed(
  crossing: Crossing,
  { raw, closed }: OpenSocket,
  row: LedgerWrite,
  tell: (cause: unknown) => Error,
): Promise<void> {
  const error = await closed;
  const outcome = {
    status: null,
    bytes: raw.bytesWritten,
    received_bytes: raw.bytesRead,
    error: error === null ? null : crossing.masker.mask(tell(error).message),
  };
  await writeAfter(crossing, outcomeRow(row, crossing.now(), outcome));
}
