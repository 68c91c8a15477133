import { messageOf } from '../sandbox/message-of.ts';
import type { JobUser } from '../sandbox/types.ts';
import { encode } from '../sandbox/wire/encode.ts';
import { AppError } from './app-error.ts';
import type { Clock } from './clock.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import { newJob } from './new-job.ts';
import { maxAttempts } from './retry.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';

const LONGEST_INPUT = 1024 * 1024;

export interface DispatchDeps {
  readonly store: Pick<Store, 'enqueueJob'>;
  readonly clock: Clock;
  /** Tells the worker that there is something to do. */
  wake(): void;
}

/** `input` is plain data and becomes the argument of the handler; `beforeQueued` sees the job before anybody can run it. */
export interface DispatchRequest {
  readonly live: LiveProject;
  readonly trigger: LiveTrigger;
  readonly user: JobUser;
  readonly input: unknown;
  beforeQueued?(job: JobRow): void;
}

/**
 * Accepts an event of a queued trigger: resolves once its job is on disk. Until the job ends its input is kept exactly as
 * given, because the job runs with it. Throws an AppError 422 or 413 when the input is not plain data or too large.
 */
export async function dispatch(deps: DispatchDeps, request: DispatchRequest): Promise<JobRow> {
  const { live, trigger, user } = request;
  const job = newJob(live, trigger, {
    now: deps.clock.now(),
    user,
    input: inputText(request.input),
    maxAttempts: maxAttempts(trigger.task),
  });
  request.beforeQueued?.(job);
  await deps.store.enqueueJob(job);
  deps.wake();
  return job;
}

function inputText(input: unknown): string | null {
  if (input === undefined) return null;
  try {
    encode(input, { name: 'data' });
  } catch (error) {
    const reason = messageOf(error);
    throw new AppError('invalid_data', 422, `The data of this job cannot be used: ${reason}.`, {
      cause: error,
    });
  }
  const text = JSON.stringify(input);
  if (text.length <= LONGEST_INPUT) return text;
  throw new AppError(
    'data_too_large',
    413,
    `The data of this job is ${text.length} characters of JSON; at most ${LONGEST_INPUT} are accepted. Send less at once.`,
  );
}
