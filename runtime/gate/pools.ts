import { buildConnector, Pool } from 'undici';
import type { Destination } from './destination.ts';
import { BODY_MS, CONNECT_MS, HEADERS_MS, MAX_RESPONSE_HEADERS, REQUESTS_PER_JOB } from './limits.ts';
import { metered } from './metered.ts';
import { pinned } from './pinned.ts';

/** Idle connections end by themselves after this time; a server may ask for more, up to the second. */
const IDLE_MS = 4_000;
const LONGEST_IDLE_MS = 30_000;
const MAX_POOLS = 256;

interface Entry {
  readonly pool: Pool;
  users: number;
}

/** A pool that is in use until `done` is called. */
export interface PoolUse {
  readonly pool: Pool;
  done(): void;
}

/**
 * Keep-alive connections. Each pool belongs to one project, one origin and one set of checked addresses, and connects
 * to those addresses only: what was checked is what is connected to, whatever the name resolves to meanwhile.
 * A pool without connections and users goes away; so does one that was not used lately when there are too many.
 */
export class Pools {
  /** By key, the one used last at the end. */
  readonly #entries = new Map<string, Entry>();

  use(projectId: string, { url }: Destination, addresses: readonly string[]): PoolUse {
    const key = JSON.stringify([projectId, url.origin, ...addresses.toSorted()]);
    const entry = this.#entries.get(key) ?? this.#open(key, url.origin, addresses);
    entry.users += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return {
      pool: entry.pool,
      done: () => {
        entry.users -= 1;
        this.#closeUnused(key, entry);
      },
    };
  }

  /** Ends every connection, also those in use. */
  async close(): Promise<void> {
    const pools = [...this.#entries.values()].map(({ pool }) => pool);
    this.#entries.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #open(key: string, origin: string, addresses: readonly string[]): Entry {
    if (this.#entries.size >= MAX_POOLS) this.#closeOldest();
    const entry: Entry = { pool: openPool(origin, addresses), users: 0 };
    const onLoss = () => this.#closeUnused(key, entry);
    entry.pool.on('disconnect', onLoss).on('connectionError', onLoss);
    return entry;
  }

  #closeOldest(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.users === 0) return this.#close(key, entry);
    }
  }

  #closeUnused(key: string, entry: Entry): void {
    if (entry.users === 0 && entry.pool.stats.connected === 0) this.#close(key, entry);
  }

  #close(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    if (!entry.pool.destroyed) entry.pool.destroy().catch(() => {});
  }
}

function openPool(origin: string, addresses: readonly string[]): Pool {
  return new Pool(origin, {
    connections: REQUESTS_PER_JOB,
    pipelining: 1,
    allowH2: false,
    useMilo: false,
    headersTimeout: HEADERS_MS,
    bodyTimeout: BODY_MS,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: LONGEST_IDLE_MS,
    maxHeaderSize: MAX_RESPONSE_HEADERS,
    connect: metered(
      buildConnector({
        timeout: CONNECT_MS,
        rejectUnauthorized: true,
        lookup: pinned(addresses),
        allowH2: false,
      }),
    ),
  });
}
