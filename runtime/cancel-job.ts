import { setImmediate } from 'node:timers/promises';
import { placelessError } from '../sandbox/job/job-error.ts';
import { AppError, notFound } from './app-error.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { keptInput, notKept } from './kept-input.ts';
import type { RunningJobs } from './running-jobs.ts';
import type { Actor } from './runtime.ts';
import type { JobRow } from './store/job-store.ts';
import type { News } from './store/node-store.ts';
import type { Store } from './store/store.ts';
import type { Waiting } from './waiting.ts';

export interface CancelDeps {
  readonly store: Pick<Store, 'isShared' | 'getJob' | 'finishQueuedJob' | 'wishEnd'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly running: RunningJobs;
  readonly waiting: Waiting;
  readonly leaseMs: number;
  tell(news: News): Promise<void>;
}

/** Between a claim and its start, and between an attempt's end and what it led to, a job is neither queued nor running here. */
const MOST_LOOKS = 20;
/** What runs elsewhere is looked at so often. */
const LOOK_EVERY_MS = 250;

/**
 * Ends a job for good and resolves with it once that is on disk:
 *
 *     queued              -> cancelled   at once; it does not start
 *     running here        -> cancelled   its attempt is ended where it is
 *     running elsewhere   -> wished      kept with the job: the process that runs it ends it, or, when that is dead, any other
 *                                        one once its lease is over -> cancelled
 *     finished                           refused: 409
 */
export async function cancelJob(deps: CancelDeps, id: string, actor: Actor): Promise<JobRow> {
  const reason = `${actor.name} cancelled the job.`;
  const looks = deps.store.isShared ? 2 : MOST_LOOKS;
  for (let look = 0; look < looks; look += 1) {
    const job = await cancelHere(deps, id, reason);
    if (job !== undefined) return job;
    await setImmediate();
  }
  if (deps.store.isShared) return cancelElsewhere(deps, id, reason);
  const message = `Job ${id} is changing hands and could not be cancelled. Try again in a moment.`;
  throw new AppError('job_moving', 409, message);
}

/** Ends the job if it is queued or runs in this process; undefined when it is neither at the moment. */
async function cancelHere(
  deps: CancelDeps,
  id: string,
  reason: string,
  isWished = false,
): Promise<JobRow | undefined> {
  const ended = deps.running.cancel(id, reason);
  await ended;
  const job = await deps.store.getJob(id);
  if (job === undefined) throw notFound(`The job ${JSON.stringify(id)}`, 'Check the id.');
  if ((isWished || ended !== undefined) && job.status === 'cancelled') return job;
  if (job.finished_at !== null) throw tooLate(job);
  if (job.status !== 'queued' || !(await endQueued(deps, job, reason))) return undefined;
  deps.waiting.notify(id);
  return (await deps.store.getJob(id)) ?? job;
}

async function cancelElsewhere(deps: CancelDeps, id: string, reason: string): Promise<JobRow> {
  const { store, clock, waiting, tell, leaseMs } = deps;
  const until = clock.now() + 2 * leaseMs;
  await store.wishEnd(id, reason);
  while (clock.now() < until) {
    await tell({ kind: 'cancel', job: id });
    const job = await cancelHere(deps, id, reason, true);
    if (job !== undefined) return job;
    await waiting.wait(id, LOOK_EVERY_MS);
  }
  const message = `Job ${id} runs on another node, which does not end it. The wish is kept: it ends when that node does, or loses it.`;
  throw new AppError('job_moving', 409, message);
}

/** Carries out a wish that was left with a job, if this process can; the next look tells otherwise. */
export async function carryOut(
  deps: Pick<CancelDeps, 'store' | 'catalog' | 'clock' | 'running' | 'waiting'>,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  if (deps.running.cancel(id, reason) !== undefined) return;
  const job = await deps.store.getJob(id);
  if (job?.status === 'queued' && (await endQueued(deps, job, reason))) deps.waiting.notify(id);
}

function endQueued(
  { store, catalog, clock }: Pick<CancelDeps, 'store' | 'catalog' | 'clock'>,
  job: JobRow,
  reason: string,
): Promise<boolean> {
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
