import type { KeepSpec } from '../project/manifest.ts';
import type { RetentionStore } from '../store/retention-store.ts';
import type { Pace } from './pace.ts';

/** Rows in one write. */
export const ROWS = 100;

/** What is left of a project that is gone. */
const AFTER_ALL_MS = 30 * 86_400_000;

/** Deletes log lines and finished jobs that are older than the project keeps; `keep` is undefined when it is gone. */
export async function sweepProject(
  store: Pick<RetentionStore, 'deleteOldLogs' | 'deleteOldJobs'>,
  pace: Pace,
  project: string,
  keep: Pick<KeepSpec, 'logs' | 'jobs'> | undefined,
  now: number,
): Promise<void> {
  const { logs, jobs } = keep ?? { logs: AFTER_ALL_MS, jobs: AFTER_ALL_MS };
  const oldLogs = { project, before: now - logs, limit: ROWS };
  let deleted = ROWS;
  while (deleted === ROWS && !pace.stopped) deleted = await pace.step(() => store.deleteOldLogs(oldLogs));

  const oldJobs = { project, before: now - jobs, limit: ROWS };
  let after: string | null = null;
  do {
    const from: string | null = after;
    after = (await pace.step(() => store.deleteOldJobs({ ...oldJobs, after: from }))).next;
  } while (after !== null && !pace.stopped);
}
