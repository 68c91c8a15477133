import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type SqliteOptions } from '../../runtime/store/sqlite/open.ts';
import type { Store } from '../../runtime/store/store.ts';

export interface TestStore {
  readonly store: Store;
  /** The data directory; the database is `sluice.db` in it. */
  readonly dir: string;
  /** Closes the store and removes the directory. */
  close(): Promise<void>;
}

/** A real store in a directory of its own. */
export function openTestStore(options: Partial<Omit<SqliteOptions, 'file'>> = {}): TestStore {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  const store = openSqliteStore({
    file: join(dir, 'sluice.db'),
    chainKey: new Uint8Array(32).fill(7),
    ...options,
  });
  return {
    store,
    dir,
    async close() {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** As another process opens it: the next one, or one at the same time. */
export const openAgain = ({ dir }: Pick<TestStore, 'dir'>): Store =>
  openSqliteStore({
    file: join(dir, 'sluice.db'),
    chainKey: new Uint8Array(32).fill(7),
  });
