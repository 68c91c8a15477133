import type { RetentionStore } from '../../retention-store.ts';
import { HOUR_MS } from '../../rules/log-tally.ts';
import type { Database } from '../database/database.ts';
import type { LedgerRemoval } from '../ledger/ledger-removal.ts';
import { deleteOldLines } from '../logs/log-removal.ts';
import { dropEmptyMonths } from './empty-months.ts';
import { deleteOldJobs } from './job-removal.ts';
import { listKeptProjects } from './kept-projects.ts';
import { sweepStep } from './sweep-step.ts';

export interface RetentionOptions {
  readonly database: Database;
  readonly ledger: LedgerRemoval;
  /** Names who counts lines (`../logs/log-counts.ts`). */
  readonly writer: string;
}

/** Deletes by age and size. Each call is one short transaction; of several processes one at a time does something. */
export function postgresRetention({
  database,
  ledger,
  writer,
}: RetentionOptions): Omit<RetentionStore, 'largestLogs'> {
  return {
    listKeptProjects: (after, limit) => listKeptProjects(database, after, limit),

    deleteOldLogs({ before, ...old }) {
      const hour = Math.floor(before / HOUR_MS) * HOUR_MS;
      return sweepStep(database, 'logs', 0, (session) =>
        deleteOldLines(session, { ...old, before: hour }, writer),
      );
    },

    deleteOldJobs: (old) =>
      sweepStep(database, 'jobs', { deleted: 0, next: null }, (session) => deleteOldJobs(session, old)),

    deleteOldLedger: (old) =>
      sweepStep(database, 'ledger', { deleted: 0, kept: 0, next: null }, (session) =>
        ledger.deleteOld(session, old),
      ),

    async sizeOfLogs() {
      const size = await database.row<{ bytes: number; oldest: number | null }>(SIZE);
      return size ?? { bytes: 0, oldest: null };
    },

    async dropEmptyMonths(now) {
      await dropEmptyMonths(database, now);
      await database.transact(ledger.tell);
    },

    // The database itself uses the space of deleted rows again.
    giveSpaceBack: async () => 0,
  };
}

const SIZE = {
  name: 'size of logs',
  text: `SELECT (SELECT coalesce(sum(bytes), 0) FROM log_totals) AS bytes,
(SELECT hour FROM log_hours GROUP BY hour HAVING sum(count) > 0 ORDER BY hour LIMIT 1) AS oldest`,
};
