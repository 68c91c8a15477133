import type { RetentionStore } from '../store/retention-store.ts';
import type { Pace } from './pace.ts';
import { ROWS } from './sweep-project.ts';

const HOUR_MS = 3_600_000;

/**
 * Deletes the oldest hours of log lines of all projects until the rest counts with `most` bytes or fewer; of the hour that
 * is not over only what is too much. Returns before which time lines were deleted; undefined when none were.
 */
export async function shrinkLogs(
  store: Pick<RetentionStore, 'deleteOldLogs' | 'sizeOfLogs'>,
  pace: Pace,
  most: number,
  now: number,
): Promise<number | undefined> {
  let cut: number | undefined;
  while (!pace.stopped) {
    const { bytes, oldest } = await store.sizeOfLogs();
    if (bytes <= most || oldest === null) return cut;
    const end = oldest + HOUR_MS;
    const deleted = await deleteHour(end, end > now);
    // Nothing was deleted: asking again would not change that.
    if (deleted === 0) return cut;
    cut = Math.min(end, now);
  }
  return cut;

  async function deleteHour(before: number, isUnderWay: boolean): Promise<number> {
    let all = 0;
    while (!pace.stopped) {
      const deleted = await pace.step(() => store.deleteOldLogs({ before, limit: ROWS }));
      all += deleted;
      if (deleted < ROWS || (isUnderWay && (await store.sizeOfLogs()).bytes <= most)) break;
    }
    return all;
  }
}
