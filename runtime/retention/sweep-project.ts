import type { KeepSpec } from '../project/manifest.ts';
import type { RetentionStore } from '../store/retention-store.ts';
import type { Pace } from './pace.ts';

/** Rows in one write. */
export const ROWS = 100;
/** Ledger rows in one write: each is verified before it goes, and signed for. */
const LEDGER_ROWS = 25;

const DAY_MS = 86_400_000;
/** What is left of a project that is gone. */
const GONE = { logs: 30 * DAY_MS, jobs: 30 * DAY_MS, ledger: 365 * DAY_MS };
/** No job lasts so long: outcomes of rows that are older have come. */
const LEAST_LEDGER_MS = DAY_MS;

/**
 * Deletes log lines, finished jobs and ledger rows that are older than the project keeps; `keep` is undefined when it is gone.
 * Returns how many ledger rows had to be kept, because they are not as they were written.
 */
export async function sweepProject(
  store: Pick<RetentionStore, 'deleteOldLogs' | 'deleteOldJobs' | 'deleteOldLedger'>,
  pace: Pace,
  project: string,
  keep: Pick<KeepSpec, 'logs' | 'jobs' | 'ledger'> | undefined,
  now: number,
): Promise<number> {
  const { logs, jobs, ledger } = keep ?? GONE;
  const oldLogs = { project, before: now - logs, limit: ROWS };
  let deleted = ROWS;
  while (deleted === ROWS && !pace.stopped) deleted = await pace.step(() => store.deleteOldLogs(oldLogs));

  const oldJobs = { project, before: now - jobs, limit: ROWS };
  let after: string | null = null;
  do {
    const from: string | null = after;
    after = (await pace.step(() => store.deleteOldJobs({ ...oldJobs, after: from }))).next;
  } while (after !== null && !pace.stopped);

  const oldRows = { project, before: now - Math.max(ledger, LEAST_LEDGER_MS), limit: LEDGER_ROWS };
  let kept = 0;
  do {
    const from: string | null = after;
    const step = await pace.step(() => store.deleteOldLedger({ ...oldRows, after: from }));
    after = step.next;
    kept += step.kept;
  } while (after !== null && !pace.stopped);
  return kept;
}
