import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type SqliteOptions } from '../../../../runtime/store/sqlite/open.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import type { OpenStore } from './harness.ts';

export const CHAIN_KEY = new Uint8Array(32).fill(7);

/** Opens fresh SQLite stores; `reads` says how those in this file are read. */
export function openSqlite(reads: (file: string) => SqliteOptions['reads'] = () => 'inline'): OpenStore {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
    const file = join(dir, 'sluice.db');
    const open = (): Store => openSqliteStore({ file, chainKey: CHAIN_KEY, reads: reads(file) ?? 'inline' });
    let store = open();
    const others: Store[] = [];
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store.close();
        store = open();
        return store;
      },
      async another() {
        const other = open();
        others.push(other);
        return other;
      },
      async close() {
        for (const opened of [store, ...others]) await opened.close();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  };
}
