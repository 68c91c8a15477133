import type { CronTrigger } from '../project/manifest.ts';
import { nextTime } from './next-time.ts';

/** When a cron trigger runs. One of `every` and `cron` is given. Times are milliseconds since 1970. */
export interface Rhythm {
  /** Milliseconds. */
  readonly every: number | null;
  readonly cron: string | null;
  readonly timezone: string;
  /** The first run; null: one interval after the plan is made, or the first time of the pattern. */
  readonly start: number | null;
}

/** The rhythm of a trigger; `start` is the one set on the server, if any. */
export function rhythmOf({ every, cron, timezone, next }: CronTrigger, start: number | null): Rhythm {
  const first = start ?? (next === null ? null : Date.parse(next));
  return Object.freeze({ every, cron, timezone: timezone ?? 'UTC', start: first });
}

/** Equal for equal rhythms, and kept with the plan that was made from one. */
export const rhythmText = ({ every, cron, timezone, start }: Rhythm): string =>
  JSON.stringify([every, cron, timezone, start]);

/** The first tick of a plan that is made at `now`: in the future, whatever `start` says. Null when there is none. */
export function firstTick(rhythm: Rhythm, now: number): number | null {
  const { start } = rhythm;
  if (start !== null && start > now) return start;
  return tickAfter(rhythm, start ?? now, now);
}

/**
 * The first tick after `now`. Intervals are counted from `tick`, an earlier one, so that a late run does not shift those
 * that follow. Null when a pattern has no further time.
 */
export function tickAfter({ every, cron, timezone }: Rhythm, tick: number, now: number): number | null {
  if (every !== null) return tick + every * (Math.floor(Math.max(now - tick, 0) / every) + 1);
  if (cron === null) return null;
  return nextTime(cron, timezone, now)?.getTime() ?? null;
}
