import type { AuditStore } from './audit-store.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { CronStore } from './cron-store.ts';
import type { ErrandStore } from './errand-store.ts';
import type { HookStore } from './hook-store.ts';
import type { JobStore } from './job-store.ts';
import type { KeyStore } from './key-store.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { LinkStore } from './link-store.ts';
import type { LogStore } from './log-store.ts';
import type { NodeStore } from './node-store.ts';
import type { ProjectStore } from './project-store.ts';
import type { RecordStore } from './record-store.ts';
import type { RegisterStore } from './register-store.ts';
import type { RetentionStore } from './retention-store.ts';
import type { SecretStore } from './secret-store.ts';
import type { TimedStore } from './timed-store.ts';
import type { TokenStore } from './token-store.ts';
import type { WishStore } from './wish-store.ts';

/**
 * Where everything is kept. One contract, one conformance suite (`test/runtime/store/conformance.ts`), run on every
 * implementation: one SQLite file of one process, or a PostgreSQL database that any number of processes share. All times are milliseconds since 1970. Rows that come out are plain values.
 *
 * Every writing verb resolves when its rows are on disk, and not before; each call is atomic. Implementations may put
 * the calls of one tick into one transaction; when that transaction fails they are tried one by one, so that only the
 * culprit is rejected. Reads that take `ReadTerms` have a limit of time, past which they are refused as `query_limit`.
 * Text that the database cannot hold (U+0000, lone surrogates) is stored as U+FFFD.
 */
export interface Store
  extends ProjectStore,
    SecretStore,
    JobStore,
    HookStore,
    CronStore,
    LogStore,
    LedgerStore,
    TokenStore,
    AuditStore,
    RegisterStore,
    LinkStore,
    RecordStore,
    TimedStore,
    RetentionStore,
    NodeStore,
    WishStore,
    KeyStore,
    ConnectionStore,
    ErrandStore {
  /** Ends writing, flushes what was accepted, closes the files. */
  close(): Promise<void>;
}
