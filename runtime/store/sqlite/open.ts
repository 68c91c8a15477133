import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { messageOf } from '../../../sandbox/message-of.ts';
import { AppError } from '../../app-error.ts';
import { uuidv7 } from '../../ids.ts';
import { chainKeyObject } from '../chain.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Store } from '../store.ts';
import { sqliteAudit } from './audit.ts';
import { sqliteConnections } from './connections.ts';
import { configure } from './database/configure.ts';
import { groupCommit } from './database/group-commit.ts';
import { sqliteKeys } from './keys.ts';
import { sqliteCheckpoints } from './ledger/checkpoints.ts';
import { closeLastChain } from './ledger/close-last-chain.ts';
import { sqliteLedger } from './ledger/ledger.ts';
import { ledgerRemoval } from './ledger/ledger-removal.ts';
import { removedRows } from './ledger/removed-rows.ts';
import { sqliteLinks } from './links/links.ts';
import { logWatch } from './logs/log-watch.ts';
import { sqliteLogs } from './logs/logs.ts';
import { sqliteErrands } from './nodes/errands.ts';
import { sqliteNodes } from './nodes/nodes.ts';
import { sqliteWishes } from './nodes/wishes.ts';
import { sqliteProjects } from './projects/projects.ts';
import { sqliteClaims } from './queue/claims.ts';
import { jobHistory } from './queue/job-history.ts';
import { sqliteJobReads } from './queue/job-reads.ts';
import { sqliteLeases } from './queue/leases.ts';
import { sqliteQueue } from './queue/queue.ts';
import { type Ask, callRead, longReads, storeReads } from './reader/long-reads.ts';
import { createReaders, type ReadersOptions } from './reader/readers.ts';
import { sqliteModels } from './records/models.ts';
import { sqliteRecords } from './records/records.ts';
import { recordTables } from './records/tables.ts';
import { sqliteRegisters } from './registers/registers.ts';
import { sqliteRetention } from './retention.ts';
import { migrate, refuseUnfinished } from './schema/migrate.ts';
import { sqliteSecrets } from './secrets.ts';
import { sqliteTokens } from './tokens.ts';
import { sqliteCron } from './triggers/cron.ts';
import { sqliteDeliveries } from './triggers/deliveries.ts';
import { sqliteTimed } from './triggers/timed.ts';

export interface SqliteOptions {
  /** The database file; its directory must exist. */
  readonly file: string;
  /** `full`: a write that resolved survives a power failure. `relaxed`: it survives a crash of the process only. */
  readonly durability?: 'full' | 'relaxed';
  /** 32 bytes: the key of the ledger's chain. */
  readonly chainKey: Uint8Array;
  /** Keys of chains that were written before it. */
  readonly oldChainKeys?: readonly Uint8Array[];
  /** Called for each checkpoint of the ledger once it is on disk, in order. Must not throw. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /**
   * How the reads are carried out whose cost depends on what is stored: in children, or on this thread, where nothing limits
   * their time.
   */
  readonly reads?: ReadersOptions | 'inline';
  readonly now?: () => number;
}

/**
 * Opens the store kept in one SQLite file, making or upgrading it as needed. The caller holds the lock of the data
 * directory (`database/lock.ts`). Throws an `AppError` that names the file when it cannot be used.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const now = options.now ?? Date.now;
  return storeOn(openDatabase(options.file, options.durability ?? 'full', now()), options);
}

/** A store that is gone when it is closed, for a job without a server. What it keeps need not belong to a project that it knows. */
export function openMemoryStore(): Store {
  const db = new Database(':memory:');
  configure(db, 'relaxed');
  db.pragma('foreign_keys = OFF');
  migrate(db, 'memory', Date.now());
  return storeOn(db, { chainKey: randomBytes(32) });
}

function storeOn(db: Database.Database, options: Omit<SqliteOptions, 'file'>): Store {
  const now = options.now ?? Date.now;
  const process = uuidv7(now());
  const commits = groupCommit(db);
  const watch = logWatch(commits);
  const logs = sqliteLogs(db, commits, watch);
  const key = chainKeyObject(options.chainKey);
  const keys = [key, ...(options.oldChainKeys ?? []).map(chainKeyObject)];
  const checkpoints = sqliteCheckpoints(db, commits, { key, now, told: options.onCheckpoint ?? (() => {}) });
  const removed = removedRows(db, commits, { keys, checkpoints });
  const { tell: tellRemoved } = removed;
  const ledger = sqliteLedger(db, commits, { chain: process, key, checkpoints, tellRemoved });
  const removal = ledgerRemoval(db, { keys, months: ledger.months, removed });
  closeLastChain(db, commits, checkpoints);
  const history = jobHistory(db, commits);
  const tables = recordTables(db, commits);
  const models = sqliteModels(db, commits, tables);
  const { reads = 'inline' } = options;
  const readers = reads === 'inline' ? undefined : createReaders(reads);
  const hereReads = longReads(db);
  const askHere: Ask = async (verb, args) => {
    await commits.settled();
    return callRead(hereReads, verb, args);
  };
  const { enqueue, ...queue } = sqliteQueue(
    db,
    commits,
    {
      history,
      logs,
      write(ended) {
        logs.append(ended.logs);
        ledger.append(ended.ledger);
        if (ended.hook !== undefined) deliveries.writes.write(ended.hook);
      },
    },
    process,
  );
  const deliveries = sqliteDeliveries(db, commits, { enqueue, ledger: ledger.append });

  return {
    ...sqliteProjects(db, commits, history, logs, models),
    ...sqliteSecrets(db, commits),
    ...queue,
    ...sqliteClaims(db, commits, process),
    ...sqliteLeases(db, commits, history, process),
    ...sqliteCron(db, commits, logs, enqueue),
    ...sqliteJobReads(db, history),
    ...deliveries.verbs,
    ...sqliteTokens(db, commits),
    ...sqliteAudit(db, commits),
    ...sqliteRegisters(db, commits),
    ...sqliteRecords(db, commits, models, tables, logs, enqueue),
    ...sqliteTimed(db, commits, logs, enqueue),
    ...sqliteLinks(db, commits),
    ...sqliteRetention(db, commits, history, logs, removal),
    ...sqliteNodes(now),
    ...sqliteWishes(db, commits, process),
    ...sqliteKeys(db, commits),
    ...sqliteConnections(db, commits),
    ...sqliteErrands(),
    ...storeReads(hereReads, readers?.ask ?? askHere),
    appendLogs: logs.appendLogs,
    watchLogs: watch.watchLogs,
    appendLedger: ledger.appendLedger,
    checkpointLedger: ledger.checkpointLedger,

    async close() {
      await readers?.stop();
      // A chain that cannot be closed now is closed by the next start.
      const closed = commits.write(() => ledger.close()).catch(() => {});
      commits.close();
      await closed;
      db.close();
    },
  };
}

function openDatabase(file: string, durability: 'full' | 'relaxed', now: number): Database.Database {
  let db: Database.Database | undefined;
  try {
    // SQLite gives the files beside it the mode of this one.
    closeSync(openSync(file, 'a', 0o600));
    db = new Database(file, { timeout: 5_000 });
    configure(db, durability);
    refuseUnfinished(db, file);
    migrate(db, file, now);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof AppError) throw error;
    const reason = messageOf(error);
    throw new AppError(
      'store_unusable',
      500,
      `The database ${file} cannot be opened: ${reason}. Check that the file belongs to Sluice and can be written, or restore a backup.`,
      { cause: error },
    );
  }
}
