import { setImmediate } from 'node:timers/promises';
import { placelessError } from '../sandbox/job/job-error.ts';
import { AppError, notFound } from './app-error.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { keptInput, notKept } from './kept-input.ts';
import type { RunningJobs } from './running-jobs.ts';
import type { Actor } from './runtime.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import type { Waiting } from './waiting.ts';

export interface CancelDeps {
  readonly store: Pick<Store, 'getJob' | 'finishQueuedJob'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly running: RunningJobs;
  readonly waiting: Waiting;
}

/** Between a claim and its start, and between an attempt's end and what it led to, a job is neither queued nor running here. */
const MOST_LOOKS = 20;

/**
 * Ends a job for good and resolves with it once that is on disk:
 *
 *     queued   -> cancelled   at once; it does not start
 *     running  -> cancelled   its attempt is ended where it is
 *     finished                refused: 409
 */
export async function cancelJob(deps: CancelDeps, id: string, actor: Actor): Promise<JobRow> {
  const reason = `${actor.name} cancelled the job.`;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const ended = deps.running.cancel(id, reason);
    await ended;
    const job = await deps.store.getJob(id);
    if (job === undefined) throw notFound(`The job ${JSON.stringify(id)}`, 'Check the id.');
    if (ended !== undefined && job.status === 'cancelled') return job;
    if (job.finished_at !== null) throw tooLate(job);
    if (job.status === 'queued' && (await endQueued(deps, job, reason))) {
      deps.waiting.notify(id);
      return (await deps.store.getJob(id)) ?? job;
    }
    await setImmediate();
  }
  const message = `Job ${id} is changing hands and could not be cancelled. Try again in a moment.`;
  throw new AppError('job_moving', 409, message);
}

function endQueued({ store, catalog, clock }: CancelDeps, job: JobRow, reason: string): Promise<boolean> {
  const live = catalog.get(job.project);
  const kept = live?.project.id === job.project_id ? keptInput(job, live, true) : notKept(job);
  const cancelled: JobRow = {
    ...job,
    status: 'cancelled',
    overall: 'cancelled',
    finished_at: clock.now(),
    ...kept,
    error: JSON.stringify(placelessError('Cancelled', reason)),
  };
  return store.finishQueuedJob({ job: cancelled, logs: [], ledger: [] });
}

const tooLate = ({ id, status }: JobRow): AppError =>
  new AppError(
    'job_finished',
    409,
    `Job ${id} has ended already: ${status.replaceAll('_', ' ')}. Only a job that is queued or running can be cancelled.`,
  );
