import { logLevelOf } from '../log-levels.ts';
import type { JobLogLine } from '../types.ts';

const CLOCK_SLACK_MS = 60_000;

/**
 * A log line out of a runner's frame. A runner may be hostile: an unknown level becomes info, and a time that cannot be
 * (well before the job began, or in the future) becomes now.
 */
export function readLogLine(
  level: unknown,
  message: unknown,
  at: unknown,
  name: JobLogLine['name'],
  startedAt: number,
): JobLogLine {
  const now = Date.now();
  const time = Number(at);
  const plausible = time >= startedAt - CLOCK_SLACK_MS && time <= now + CLOCK_SLACK_MS;
  return {
    at: plausible ? time : now,
    level: logLevelOf(level),
    message: String(message),
    name,
  };
}
