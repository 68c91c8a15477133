import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Destination } from './destination.ts';
import { CONNECT_MS } from './limits.ts';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the operating system resolves names, its hosts file included. */
export const systemResolve: Resolve = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
};

/** The addresses a destination leads to, at least one. Rejects when there is none, it takes too long, or `signal` says so. */
export async function resolveDestination(
  { host }: Destination,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await withinTime(resolve(host), signal);
  const addresses = [...new Set(found)];
  if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  return addresses;
}

async function withinTime<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  const late = () => reject(Object.assign(new Error('resolving took too long'), { code: 'ETIMEOUT' }));
  const timer = setTimeout(late, CONNECT_MS);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => {});
  }
}
