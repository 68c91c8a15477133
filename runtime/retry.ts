import type { Outcome } from '../sandbox/types.ts';
import type { TaskSpec } from './project/manifest.ts';
import type { JobRow } from './store/job-store.ts';

const MINUTE = 60_000;

/** When a job that threw RetryableJobError is tried again, unless its task has a policy of its own. */
export const BACKOFF: readonly number[] = [5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE];

/** `delay` in milliseconds; `uncounted`: this attempt does not count. */
export interface Retry {
  readonly delay: number;
  readonly uncounted: boolean;
}

/** Attempts that a queued job of this task has. */
export const maxAttempts = (task: TaskSpec): number => task.retry?.attempts ?? BACKOFF.length + 1;

/**
 * Whether a queued job goes back to the queue after an attempt that ended like this; null when it is final.
 *
 *     crashed by interruption      again at once, alone and uncounted, the first time: a neighbour ended its runner
 *     failed by RetryableJobError  by the task's policy, else after 5 min, 15 min, 60 min, 3 h
 *     failed, timed_out, crashed   only by the task's own policy
 *     all else                     final
 */
export function retryAfter(
  job: JobRow,
  task: TaskSpec,
  outcome: Outcome,
  crashedBefore: boolean,
): Retry | null {
  if (isInterrupted(outcome) && !crashedBefore) return { delay: 0, uncounted: true };
  if (!isRetried(task, outcome) || isSpent(job)) return null;
  const backoff = task.retry?.backoff ?? BACKOFF;
  return { delay: backoff[Math.min(job.attempt, backoff.length) - 1] ?? 0, uncounted: false };
}

/** 0 attempts are without end. */
const isSpent = ({ attempt, max_attempts }: JobRow): boolean => max_attempts > 0 && attempt >= max_attempts;

/** The line in the job's log. `error` says what happened in the attempt. */
export function retryLine(job: JobRow, { delay, uncounted }: Retry, error: string): string {
  if (uncounted) return `The job is run again, this attempt does not count: ${error}`;
  const when = delay === 0 ? 'now' : `in ${Math.round(delay / 1000)} s`;
  const attempts = job.max_attempts === 0 ? '' : ` of ${job.max_attempts}`;
  return `Attempt ${job.attempt}${attempts} failed, the next one starts ${when}: ${error}`;
}

const isInterrupted = (outcome: Outcome): boolean =>
  outcome.status === 'crashed' && outcome.interrupted === true;

function isRetried(task: TaskSpec, outcome: Outcome): boolean {
  if (outcome.status === 'done') return false;
  if (outcome.status === 'failed' && outcome.error.name === 'RetryableJobError') return true;
  if (task.retry === null) return false;
  return outcome.status === 'failed' || outcome.status === 'timed_out' || outcome.status === 'crashed';
}
