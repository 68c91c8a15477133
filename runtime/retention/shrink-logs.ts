import type { RetentionStore } from '../store/retention-store.ts';
import type { Pace } from './pace.ts';
import { ROWS } from './sweep-project.ts';

const HOUR_MS = 3_600_000;
const TERMS = { caller: 'retention', timeoutMs: 60_000 };

/**
 * Deletes the oldest hours of log lines of the project that has most of them, again and again, until all together count with `most` bytes
 * or fewer: a project that writes without end loses its own lines, not those of others. Of the hour that is not over only what is too
 * much goes. Returns before which time lines were deleted; undefined when none were.
 */
export async function shrinkLogs(
  store: Pick<RetentionStore, 'deleteOldLogs' | 'sizeOfLogs' | 'largestLogs'>,
  pace: Pace,
  most: number,
  now: number,
): Promise<number | undefined> {
  let cut: number | undefined;
  while (!pace.stopped && (await store.sizeOfLogs()).bytes > most) {
    const [largest] = await store.largestLogs({}, { limit: 1 }, TERMS);
    if (largest === undefined) return cut;
    const end = largest.oldest + HOUR_MS;
    const deleted = await deleteHour(largest.project, end, end > now);
    // Nothing was deleted: asking again would not change that.
    if (deleted === 0) return cut;
    cut = Math.max(cut ?? 0, Math.min(end, now));
  }
  return cut;

  async function deleteHour(project: string, before: number, isUnderWay: boolean): Promise<number> {
    let all = 0;
    while (!pace.stopped) {
      const deleted = await pace.step(() => store.deleteOldLogs({ project, before, limit: ROWS }));
      all += deleted;
      if (deleted < ROWS || (isUnderWay && (await store.sizeOfLogs()).bytes <= most)) break;
    }
    return all;
  }
}
