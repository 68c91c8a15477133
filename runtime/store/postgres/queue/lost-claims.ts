import type { Database } from '../database/database.ts';
import { isUnavailable } from '../database/store-errors.ts';

/** Claims of which nobody heard whether they were committed: nobody runs those jobs, and this process goes on renewing their leases. */
export interface LostClaims {
  /** These were asked for at `now`, and the connection was lost. */
  add(ids: readonly string[], now: number): void;
  /** These were claimed after all. */
  found(ids: readonly string[]): void;
  /** Puts them back into the queue, attempts not counted. */
  giveBack(): Promise<void>;
}

/** A statement that was on its way may come to the database this much later, in milliseconds. */
const LATEST_MS = 60_000;

export function lostClaims(database: Database, process: string): LostClaims {
  const lost = new Map<string, { readonly startedAt: number; readonly until: number }>();
  return {
    add(ids, now) {
      const until = performance.now() + LATEST_MS;
      for (const id of ids) lost.set(id, { startedAt: now, until });
    },
    found(ids) {
      if (lost.size > 0) for (const id of ids) lost.delete(id);
    },
    async giveBack() {
      if (lost.size === 0) return;
      const ids = [...lost.keys()];
      const times = [...lost.values()].map(({ startedAt }) => startedAt);
      try {
        await database.changes(GIVE_BACK, [ids, times, process]);
      } catch (error) {
        if (isUnavailable(error)) {
          const until = performance.now() + LATEST_MS;
          for (const [id, { startedAt }] of lost) lost.set(id, { startedAt, until });
        }
        throw error;
      }
      for (const [id, { until }] of lost) if (until < performance.now()) lost.delete(id);
    },
  };
}

const GIVE_BACK = {
  name: 'give lost claims back',
  text: `UPDATE jobs SET status = 'queued', overall = 'queued', attempt = greatest(0, attempt - 1), ready = 0, started_at = NULL,
  holder = NULL, lease_until = NULL, process = NULL, slot = NULL
FROM unnest($1::text[], $2::bigint[]) AS lost(id, started_at)
WHERE jobs.id = ANY($1) AND jobs.id = lost.id AND jobs.started_at = lost.started_at AND jobs.status = 'running' AND jobs.process = $3`,
};
