import { uuidv7 } from '../../ids.ts';
import { LEASE_MS } from '../../leases.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Store } from '../store.ts';
import { postgresAudit } from './audit.ts';
import { postgresConnections } from './connections.ts';
import { cannotOpen } from './database/cannot-open.ts';
import { openDatabase } from './database/database.ts';
import { startPulse } from './database/pulse.ts';
import { openReads } from './database/reads.ts';
import { databaseName } from './database/server-name.ts';
import { postgresKeys } from './keys.ts';
import { postgresLedgerReads } from './ledger/ledger-reads.ts';
import { postgresLinks } from './links/links.ts';
import { postgresLogReads } from './logs/log-reads.ts';
import { postgresErrands } from './nodes/errands.ts';
import { newsLine } from './nodes/news.ts';
import { postgresMarks } from './nodes/project-marks.ts';
import { postgresWishes } from './nodes/wishes.ts';
import { openWork } from './open-work.ts';
import { projectChanges } from './projects/project-changes.ts';
import { postgresProjects } from './projects/projects.ts';
import { postgresRecords } from './records/records.ts';
import { postgresRegisters } from './registers/registers.ts';
import { postgresRetention } from './retention/retention.ts';
import { migrate } from './schema/migrate.ts';
import { postgresSecrets } from './secrets.ts';
import { postgresTokens } from './tokens.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/name` */
  readonly url: string;
  /** To the database, at most; 7 or more: each of three batches of ends may need another one to make a month. */
  readonly connections?: number;
  readonly durability?: 'full' | 'relaxed';
  /** 32 bytes: the key of the ledger's chain. */
  readonly chainKey: Uint8Array;
  /** Keys of chains that were written before it. */
  readonly oldChainKeys?: readonly Uint8Array[];
  /** Called for each checkpoint of the ledger once it is on disk, in order. Must not throw. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** What the hold on its ledger's chain is worth unless it is renewed, in milliseconds; a minute unless given. */
  readonly leaseMs?: number;
  /** Limit of a read whose cost depends on what is stored, in milliseconds. */
  readonly readMs?: number;
  /** Told what an operator should know: the database is lost, or back. */
  readonly report?: (message: string) => void;
}

const MOST_CONNECTIONS = 16;
/** What it hears of other processes comes over one. */
const FOR_NEWS = 1;
const MOST_FOR_READS = 4;

/** Opens the store kept in a PostgreSQL database, making or upgrading its tables as needed. Any number of processes may. */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, connections = MOST_CONNECTIONS, durability = 'full', readMs, report = () => {} } = options;
  const forReads = Math.min(MOST_FOR_READS, Math.ceil((connections - FOR_NEWS) / 4));
  const mostConnections = connections - FOR_NEWS - forReads;
  const database = openDatabase({ url, mostConnections, durability, isNode: true });
  try {
    await migrate(database, databaseName(url), Date.now());
  } catch (error) {
    await database.close();
    throw cannotOpen(error, url);
  }
  const pulse = await startPulse({ database, report });
  const process = uuidv7(pulse.now());
  const news = newsLine({ url, process, report });
  const reads = openReads({ url, database, connections: forReads, readMs });

  const { chainKey, oldChainKeys, onCheckpoint, leaseMs = LEASE_MS } = options;
  const { now } = pulse;
  const keys = { chainKey, oldChainKeys, onCheckpoint };
  const work = await openWork({ database, reads, news, now, process, leaseMs, report, ...keys });

  const errands = postgresErrands(database);
  await errands.forgetErrands(pulse.now());

  const changes = projectChanges(database, news);

  return {
    ...work.verbs,
    ...postgresRetention({ database, ledger: work.removal, writer: `${process}/sweep` }),
    ...postgresLogReads(reads),
    ...postgresLedgerReads(reads),
    ...postgresProjects(database, { changes, queue: work.queue, logs: work.logs }),
    ...postgresSecrets(database, changes),
    ...postgresTokens(database),
    ...postgresAudit(database, reads),
    ...postgresRegisters(database),
    ...postgresLinks(database),
    ...postgresRecords(database, { reads, queue: work.queue, logs: work.logs }),
    ...postgresMarks(database),
    ...postgresWishes(database, process),
    ...postgresKeys(database),
    ...postgresConnections(database),
    ...errands,
    tellOthers: (said) => news.tell(database, said),
    watchOthers: news.watch,
    now: pulse.now,
    state: pulse.state,

    async close() {
      await work.close();
      await pulse.close();
      await news.close();
      await reads.close();
      await database.close();
    },
  };
}
