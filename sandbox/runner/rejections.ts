import type { HeldJob } from './held-job.ts';

/** Together below what the server allows a runner to add to a job's own lines. */
const MOST_LINES = 100;
const LONGEST = 4_000;

/**
 * The line about a rejection that an entry of the job left unhandled; undefined past the last one that is recorded. A text
 * that is too long is left out and not cut: half of a secret in it would be masked by nobody.
 */
export function rejectionLine(job: HeldJob, text: string): string | undefined {
  job.rejections += 1;
  if (job.rejections > MOST_LINES) return undefined;
  if (job.rejections === MOST_LINES)
    return 'Unhandled rejection, one of many: further ones are not recorded.';
  const shown = text.length <= LONGEST ? text : `an error with a text of ${text.length} characters`;
  return `Unhandled rejection: ${shown}`;
}
