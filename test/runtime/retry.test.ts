import { describe, expect, it } from 'vitest';
import type { TaskSpec } from '../../runtime/project/manifest.ts';
import { maxAttempts, retryAfter, retryLine } from '../../runtime/retry.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import type { Outcome } from '../../sandbox/types.ts';
import { accept, TASK } from '../support/manifest.ts';

const taskOf = (lines: string): TaskSpec => {
  const [task] = accept(`${TASK}      - {type: button, name: GO}\n${lines}`).manifest.tasks;
  if (task === undefined) throw new Error('The manifest has no task.');
  return task;
};
const plain = taskOf('');
const retried = taskOf('    retry: {attempts: 4, backoff: [1m, 2m]}\n');

const job = (attempt: number, task: TaskSpec): JobRow =>
  ({ attempt, max_attempts: maxAttempts(task) }) as JobRow;
const outcome = (status: string, name = 'Error'): Outcome => ({ status, error: { name } }) as Outcome;
const delays = (task: TaskSpec, end: Outcome) =>
  Array.from(
    { length: maxAttempts(task) },
    (_, index) => retryAfter(job(index + 1, task), task, end, true)?.delay,
  );

describe('a retry', () => {
  it('follows 5 min, 15 min, 60 min and 3 h for RetryableJobError', () => {
    expect(delays(plain, outcome('failed', 'RetryableJobError'))).toEqual([
      300_000,
      900_000,
      3_600_000,
      10_800_000,
      undefined,
    ]);
  });

  it.each(['failed', 'timed_out', 'crashed'])(
    'of %s needs the task to say so, and repeats its last wait',
    (status) => {
      expect(delays(plain, outcome(status))).toEqual([undefined, undefined, undefined, undefined, undefined]);
      expect(delays(retried, outcome(status))).toEqual([60_000, 120_000, 120_000, undefined]);
    },
  );

  it('of a sub-job that may be tried without end repeats its last wait for ever', () => {
    const endless = { attempt: 5000, max_attempts: 0 } as JobRow;
    const end = outcome('failed', 'RetryableJobError');
    expect(retryAfter(endless, plain, end, true)).toEqual({ delay: 10_800_000, uncounted: false });
    expect(retryLine(endless, { delay: 1000, uncounted: false }, 'no')).toBe(
      'Attempt 5000 failed, the next one starts in 1 s: no',
    );
  });

  it.each(['done', 'cancelled', 'limit_exceeded'])('never follows %s', (status) => {
    expect(delays(retried, outcome(status, 'RetryableJobError'))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('after the first interruption is at once and not counted', () => {
    const interrupted = { ...outcome('crashed'), interrupted: true } as Outcome;
    expect(retryAfter(job(5, plain), plain, interrupted, false)).toEqual({ delay: 0, uncounted: true });
    expect(retryAfter(job(1, plain), plain, interrupted, true)).toBeNull();
  });

  it('never follows a crash that is the job’s own fault, unless the task says so', () => {
    expect(retryAfter(job(1, plain), plain, outcome('crashed'), false)).toBeNull();
  });
});
