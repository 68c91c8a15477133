import { openPostgresStore } from '../../runtime/store/postgres/open.ts';
import type { Store } from '../../runtime/store/store.ts';
import { testDatabase } from './postgres/database.ts';
import { openTestStore } from './store.ts';

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** A real store in a PostgreSQL database of its own. */
async function openPostgresTestStore(): Promise<OpenedStore> {
  const database = await testDatabase();
  const store = await openPostgresStore({
    url: database.url,
    chainKey: new Uint8Array(32).fill(7),
  });
  return {
    store,
    async close() {
      await store.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Every kind of store, for what has to be the same on all. */
export const TEST_STORES: readonly (readonly [
  name: string,
  open: () => OpenedStore | Promise<OpenedStore>,
])[] = [
  ['SQLite', openTestStore],
  ['PostgreSQL', openPostgresTestStore],
];
