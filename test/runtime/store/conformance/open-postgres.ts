import { afterAll, beforeAll } from 'vitest';
import { openPostgresStore } from '../../../../runtime/store/postgres/open.ts';
import type { Store } from '../../../../runtime/store/store.ts';
import { type EmptiedDatabase, emptiedDatabase } from '../../../support/postgres/emptied-database.ts';
import type { OpenStore } from './harness.ts';
import { CHAIN_KEY } from './open-sqlite.ts';

/** Opens stores in one PostgreSQL database of a test file, which is emptied after each. */
export function openPostgres(): OpenStore {
  let database: EmptiedDatabase | undefined;
  beforeAll(async () => {
    database = await emptiedDatabase();
  });
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
  });

  return async () => {
    const open = (): Promise<Store> => openPostgresStore({ url: database?.url ?? '', chainKey: CHAIN_KEY });
    let store = await open();
    const others: Store[] = [];
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store.close();
        store = await open();
        return store;
      },
      async another() {
        const other = await open();
        others.push(other);
        return other;
      },
      async close() {
        for (const opened of [store, ...others]) await opened.close();
        await database?.empty();
      },
    };
  };
}
