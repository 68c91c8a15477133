import { spawnReader } from '../../../runtime/store/sqlite/reader/spawn-reader.ts';
import { testHardening } from '../../support/sandbox.ts';
import { openSqlite } from './conformance/open-sqlite.ts';
import { describeStore } from './conformance.ts';

const hardening = await testHardening();

describeStore(
  'sqlite, read in children,',
  openSqlite((file) => ({ spawn: () => spawnReader(hardening, file) })),
);
