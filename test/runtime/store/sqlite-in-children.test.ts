import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../../runtime/store/sqlite/open.ts';
import { spawnReader } from '../../../runtime/store/sqlite/reader/spawn-reader.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { testHardening } from '../../support/sandbox.ts';
import type { StoreUnderTest } from './conformance/harness.ts';
import { describeStore } from './conformance.ts';

const hardening = await testHardening();

function openIn(dir: string): Store {
  const file = join(dir, 'sluice.db');
  return openSqliteStore({
    file,
    chainKey: new Uint8Array(32).fill(7),
    holder: 'test',
    reads: { spawn: () => spawnReader(hardening, file) },
  });
}

async function openFresh(): Promise<StoreUnderTest> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  let store = openIn(dir);
  return {
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = openIn(dir);
      return store;
    },
    async close() {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describeStore('sqlite, read in children,', openFresh);
