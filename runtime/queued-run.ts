import { placelessError } from '../sandbox/job/job-error.ts';
import { messageOf } from '../sandbox/message-of.ts';
import type { Encoded, Outcome } from '../sandbox/types.ts';
import { encode } from '../sandbox/wire/encode.ts';
import { type Attempt, type AttemptDeps, attempt } from './attempt.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { describeError, finishedJob } from './finished-job.ts';
import { hasRequest, keptInput, notKept } from './kept-input.ts';
import { longestClaim } from './leases.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import { Logbook } from './logbook.ts';
import { masksOf } from './mask/project-masks.ts';
import { type Retry, retryAfter, retryLine } from './retry.ts';
import type { RunningJobs } from './running-jobs.ts';
import type { JobFinish, JobRequeue, JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import { storedEncoded } from './stored-json.ts';
import { readArgs } from './sub-jobs/sub-job-args.ts';
import { type UntilStoredDeps, untilStored } from './until-stored.ts';
import type { RequestBox } from './webhook/sealed-request.ts';
import { storedResult } from './webhook/stored-result.ts';

export interface QueuedRunDeps extends AttemptDeps {
  readonly store: AttemptDeps['store'] & Pick<Store, 'appendLogs' | 'finishJob' | 'requeueJob'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly givenUp: UntilStoredDeps['givenUp'];
  /** What a claim is worth, in milliseconds. */
  readonly leaseMs: number;
  /** Reads a project again that another process may have changed a moment ago. */
  lookAgain(slug: string): Promise<void>;
  /** Opens the requests of queued webhooks. */
  readonly requests: Pick<RequestBox, 'open'>;
  readonly running: RunningJobs;
  /** Jobs that have been run again after a crash, in this process. */
  readonly crashed: Set<string>;
}

interface Run {
  readonly job: JobRow;
  readonly live: LiveProject;
  readonly trigger: LiveTrigger;
  readonly logbook: Logbook;
  readonly subJobs: Attempt['subJobs'];
}

/**
 * Runs a claimed job with the version that is active now. Resolves once what became of it is on disk:
 *
 *     running -> final      done, failed for good, cancelled by somebody; also when its trigger does not exist any more
 *             -> queued     retried later; or given back because the server stops; never when somebody cancelled it
 *
 * While the store cannot be used that is tried again and again. False when it did not count: the job's lease had ended, or its claim was
 * undone, and somebody may have claimed it again. `ran` is called once nothing of it runs any more and it has only to be stored; not for a
 * job that ends without having run.
 */
export async function runQueued(deps: QueuedRunDeps, claimed: JobRow, ran: () => void): Promise<boolean> {
  const found = findWhatRuns(deps.catalog, claimed) ?? (await findAgain(deps, claimed));
  if (found === undefined) return endUnrun(deps, claimed, 'cancelled', orphaned(claimed));
  if (isLate(deps, claimed))
    return putBack(deps, { job: claimed, runAt: claimed.run_at, uncounted: true, logs: [] });
  const input = inputOf(deps, claimed);
  if (typeof input === 'string') return endUnrun(deps, claimed, 'failed', input);
  const { live, trigger } = found;
  const job = { ...claimed, version: live.version.number };
  const logbook = makeLogbook(deps, job, trigger);
  const run = attempt(deps, {
    job,
    live,
    trigger,
    input,
    logbook,
    alone: deps.crashed.has(job.id),
  });
  deps.running.add(job.id, { projectId: live.project.id, cancel: run.cancel });
  try {
    const outcome = await run.outcome;
    ran();
    return await settle(deps, { job, live, trigger, logbook, subJobs: run.subJobs }, outcome);
  } finally {
    deps.running.remove(job.id);
    await logbook.close();
  }
}

/** This process was asleep, or waited so long for the project to be read, that somebody else may run it by now. */
const isLate = ({ clock, leaseMs }: QueuedRunDeps, { started_at }: JobRow): boolean =>
  clock.now() >= (started_at ?? 0) + longestClaim(leaseMs);

async function settle(deps: QueuedRunDeps, run: Run, outcome: Outcome): Promise<boolean> {
  const { job, trigger, logbook } = run;
  const { running, crashed } = deps;
  const cancelled = running.cancelReason(job.id);
  if (outcome.status === 'cancelled' && running.stopping && cancelled === undefined) {
    logbook.note('info', 'The server is stopping; the job runs again from the start after the next start.');
    return giveBack(deps, run, { delay: 0, uncounted: true });
  }
  const retry = retryAfter(job, trigger.task, outcome, crashed.has(job.id));
  if (retry === null || outcome.status === 'done') return finish(deps, run, outcome);
  if (cancelled !== undefined) {
    return finish(deps, run, {
      ...outcome,
      status: 'cancelled',
      error: placelessError('Cancelled', cancelled),
    });
  }
  if (outcome.status === 'crashed') crashed.add(job.id);
  logbook.note('info', retryLine(job, retry, describeError(outcome.error)));
  return giveBack(deps, run, retry);
}

async function giveBack(
  deps: QueuedRunDeps,
  { job, logbook }: Run,
  { delay, uncounted }: Retry,
): Promise<boolean> {
  const logs = await logbook.close();
  return putBack(deps, { job, runAt: deps.clock.now() + delay, uncounted, logs });
}

const putBack = (deps: QueuedRunDeps, requeue: JobRequeue): Promise<boolean> =>
  untilStored(deps, () => deps.store.requeueJob(requeue));

async function finish(deps: QueuedRunDeps, run: Run, ended: Outcome): Promise<boolean> {
  const { stored } = masksOf(run.live);
  const readable = hasRequest(run.job) ? storedResult : storedEncoded;
  const result = ended.status === 'done' ? readable(ended.result, stored) : null;
  const outcome = ended.status === 'done' && result === null ? unreadable(ended) : ended;
  const at = deps.clock.now();
  const finished = await finishedJob({
    ...run,
    outcome,
    kept: (failed) => keptInput(run.job, run.live, failed),
    result: () => result,
    at,
  });
  deps.crashed.delete(run.job.id);
  return writeEnd(deps, { ...finished, ledger: [], subJobs: run.subJobs(outcome, at) });
}

function writeEnd(deps: QueuedRunDeps, finish: JobFinish): Promise<boolean> {
  return untilStored(deps, () => deps.store.finishJob(finish));
}

/** Only a process that somebody took over sends such a result. */
function unreadable({ cpuMs }: Outcome): Outcome {
  const message = 'The sandbox sent a result that cannot be read. Run the job again.';
  return { status: 'failed', error: placelessError('ResultRefused', message), cpuMs };
}

/** The project may have been deleted, or the trigger removed or given to another task, since the job was queued. */
function findWhatRuns(
  catalog: Pick<Catalog, 'get'>,
  job: JobRow,
): { live: LiveProject; trigger: LiveTrigger } | undefined {
  const live = catalog.get(job.project);
  if (live === undefined || live.project.id !== job.project_id) return undefined;
  const trigger = live.triggersByName.get(job.trigger);
  if (trigger?.spec.type !== job.trigger_type || trigger.task.name !== job.task) return undefined;
  return { live, trigger };
}

async function findAgain(deps: QueuedRunDeps, job: JobRow): Promise<ReturnType<typeof findWhatRuns>> {
  await untilStored(deps, () => deps.lookAgain(job.project));
  return findWhatRuns(deps.catalog, job);
}

const orphaned = ({ trigger, task }: JobRow): string =>
  `Trigger ${trigger} of task ${task} does not exist any more. Deploy it again, or start another job.`;

/** Ends a job that cannot be run at all. */
function endUnrun(
  deps: QueuedRunDeps,
  job: JobRow,
  status: 'cancelled' | 'failed',
  message: string,
): Promise<boolean> {
  const name = status === 'cancelled' ? 'Cancelled' : 'InputLost';
  const finished: JobRow = {
    ...job,
    status,
    overall: status,
    finished_at: deps.clock.now(),
    ...notKept(job),
    error: JSON.stringify(placelessError(name, message)),
  };
  return writeEnd(deps, { job: finished, logs: [], ledger: [] });
}

/** What the job runs with; a text says why there is nothing to run it with. */
function inputOf({ requests }: QueuedRunDeps, job: JobRow): Encoded | string {
  const { id, project_id, input, args } = job;
  try {
    // Read here too, since nothing can run for a user that cannot be read.
    JSON.parse(job.user);
    if (args === null) return encode(input === null ? undefined : JSON.parse(input));
    return hasRequest(job) ? requests.open(project_id, id, args) : readArgs(args);
  } catch (error) {
    return messageOf(error);
  }
}

function makeLogbook({ store, clock }: QueuedRunDeps, job: JobRow, trigger: LiveTrigger): Logbook {
  return new Logbook({
    job,
    limits: trigger.limits,
    clock,
    flush: async (lines) => {
      if (lines.length > 0) await store.appendLogs(lines);
    },
  });
}
