import { Trouble } from '../../trouble.ts';
import { chainKeyObject } from '../chain.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { CronStore } from '../cron-store.ts';
import type { HookStore } from '../hook-store.ts';
import type { JobStore } from '../job-store.ts';
import type { LedgerStore } from '../ledger-store.ts';
import type { LogStore } from '../log-store.ts';
import type { TimedStore } from '../timed-store.ts';
import type { Database } from './database/database.ts';
import { inFlight } from './database/in-flight.ts';
import type { Reads } from './database/reads.ts';
import { chainOf } from './ledger/chain.ts';
import { checkpoints } from './ledger/checkpoints.ts';
import { closeDeadChains } from './ledger/dead-chains.ts';
import { postgresLedger } from './ledger/ledger.ts';
import { type LedgerRemoval, ledgerRemoval } from './ledger/ledger-removal.ts';
import { ledgerRows } from './ledger/ledger-rows.ts';
import { removedRows } from './ledger/removed-rows.ts';
import { logPoll } from './logs/log-poll.ts';
import { type LogRows, logRows } from './logs/log-rows.ts';
import { logWatch } from './logs/log-watch.ts';
import { postgresLogs } from './logs/logs.ts';
import type { NewsLine } from './nodes/news.ts';
import { postgresClaims } from './queue/claims.ts';
import { commitsOf } from './queue/commits.ts';
import { freshJobs } from './queue/fresh-jobs.ts';
import { jobEnds } from './queue/job-ends.ts';
import { postgresJobReads } from './queue/job-reads.ts';
import { postgresLeases } from './queue/leases.ts';
import { postgresQueue } from './queue/queue.ts';
import { type QueueRows, queueRows } from './queue/queue-rows.ts';
import { knownMonths } from './schema/known-months.ts';
import { postgresCron } from './triggers/cron.ts';
import { postgresHooks } from './triggers/hooks.ts';
import { postgresTimed } from './triggers/timed.ts';

export interface WorkOptions {
  readonly database: Database;
  readonly reads: Reads;
  readonly news: NewsLine;
  readonly now: () => number;
  /** Names this start of the process. */
  readonly process: string;
  readonly leaseMs: number;
  /** Told to the operator. */
  report(message: string): void;
  readonly chainKey: Uint8Array;
  readonly oldChainKeys?: readonly Uint8Array[] | undefined;
  readonly onCheckpoint?: ((checkpoint: Checkpoint) => void) | undefined;
}

type Verbs = JobStore &
  HookStore &
  CronStore &
  TimedStore &
  Pick<LogStore, 'appendLogs' | 'watchLogs'> &
  Pick<LedgerStore, 'appendLedger' | 'checkpointLedger'>;

/** What queues jobs, runs them and records what they did, and what others write with that. */
export interface Work {
  readonly verbs: Verbs;
  readonly queue: QueueRows;
  readonly logs: LogRows;
  readonly removal: LedgerRemoval;
  /** Ends what was accepted, and closes the ledger's chain. */
  close(): Promise<void>;
}

export async function openWork(options: WorkOptions): Promise<Work> {
  const { database, reads, news, now, process, leaseMs, report, onCheckpoint = () => {} } = options;
  const months = await knownMonths(database);
  const calls = inFlight();
  const watch = logWatch(logPoll(database));
  const queue = queueRows(news, database);
  const logs = logRows(months, watch, process);
  const ownLogs = logRows(months, watch, `${process}/lines`);
  const ends = jobEnds({ months, queue, watch, process });

  const key = chainKeyObject(options.chainKey);
  const keys = [key, ...(options.oldChainKeys ?? []).map(chainKeyObject)];
  const signed = checkpoints({ key, now, told: onCheckpoint });
  const removal = ledgerRemoval(keys, removedRows(keys, signed));
  const rows = ledgerRows({ key, months, checkpoints: signed, now, leaseMs });
  const chain = chainOf({ database, process, now });
  const tellRemoved = removal.tell;
  const commits = commitsOf({ database, chain, ledger: rows, ends, queue, tellRemoved, writer: process });
  const ledger = postgresLedger({ chain, commits, rows, calls, tellRemoved });
  const trouble = new Trouble(report);
  // What cannot be closed now is closed later.
  const closeChains = (at: number) =>
    closeDeadChains(database, signed, chain.name(), at).then(
      () => trouble.went(),
      (error: unknown) => trouble.failed('Chains of the ledger that dead nodes left cannot be closed', error),
    );
  await closeChains(now());

  const fresh = freshJobs();
  const plans = { database, queue, logs, calls };

  return {
    verbs: {
      ...postgresQueue({ database, commits, ends, queue, logs, process, calls, fresh }),
      ...postgresClaims({ database, process, fresh }),
      ...postgresLeases({ database, months, process, renewChain: chain.renew, closeChains }),
      ...postgresJobReads(database, reads),
      ...postgresHooks({ database, commits, calls }),
      ...postgresCron(plans),
      ...postgresTimed(plans),
      ...postgresLogs({ database, months, logs: ownLogs, calls }),
      ...ledger.verbs,
      watchLogs: watch.watchLogs,
    },
    queue,
    logs,
    removal,
    async close() {
      watch.close();
      await calls.idle();
      // A chain that cannot be closed now is closed by another process.
      await ledger.close().catch(() => {});
    },
  };
}
