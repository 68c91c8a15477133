import pg from 'pg';
import { storeClosed } from '../../store-closed.ts';
import { storeError } from './store-errors.ts';

/** Connections that are kept open for the next who needs one. */
export interface Pool {
  /** Rejects with an `AppError`: `store_unavailable`, or `store_closed` once it is closed. */
  connect(): Promise<pg.PoolClient>;
  /** Resolves when all connections have come back and are closed. */
  close(): Promise<void>;
}

/** Opens no connection yet. */
export function openPool(config: pg.PoolConfig): Pool {
  // Statements that need no answer of an earlier one go out without waiting for it.
  const pool = new pg.Pool({ ...config, pipeline: true });
  let closed = false;
  // A connection that breaks while nobody waits for an answer says so here and to nobody else: the next statement on it fails.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    async connect() {
      if (closed) throw storeClosed();
      try {
        return await pool.connect();
      } catch (error) {
        throw storeError(error);
      }
    },
    async close() {
      closed = true;
      await pool.end();
    },
  };
}
