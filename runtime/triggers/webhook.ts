import type { HttpRequestData, JobUser, Outcome } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import { type Attempt, type AttemptDeps, attempt } from '../attempt.ts';
import type { Catalog, FoundTrigger } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import { finishedJob } from '../finished-job.ts';
import { isKept } from '../kept-input.ts';
import type { LiveProject } from '../live-project.ts';
import { Logbook } from '../logbook.ts';
import { masksOf } from '../mask/project-masks.ts';
import { newJob } from '../new-job.ts';
import type { RunningJobs } from '../running-jobs.ts';
import type { HookAnswer } from '../runtime.ts';
import type { HookWrite } from '../store/hook-store.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import { storeAway } from '../store/store-unavailable.ts';
import { storedJson } from '../stored-json.ts';
import { answerRow } from '../webhook/answer-row.ts';
import { encodeRequest } from '../webhook/encode-request.ts';
import { type Judged, judgeAnswer, plainAnswer } from '../webhook/judge-answer.ts';
import { storedRequest } from '../webhook/stored-request.ts';

export interface WebhookDeps extends AttemptDeps {
  readonly store: AttemptDeps['store'] & Pick<Store, 'startJob' | 'appendLogs' | 'finishJob' | 'state'>;
  readonly catalog: Pick<Catalog, 'hook'>;
  readonly clock: Clock;
  readonly running: RunningJobs;
  /** How long the job of a process that died is taken for running. */
  readonly leaseMs: number;
  /** Tells the worker that there is something to do. */
  wake(): void;
  /** Hooks have an origin of their own. */
  readonly ownOrigin: boolean;
}

/** A request that was checked before, and what is written of it with its job. */
export interface Checked {
  /** In lower case: headers that are not kept. */
  readonly hidden: readonly string[];
  end(ended: {
    readonly job: string;
    readonly status: number;
    readonly failed: boolean;
    readonly request: HttpRequestData;
  }): HookWrite;
}

/** The answer, and the job that made it. */
export interface Handled {
  readonly answer: HookAnswer;
  readonly job: string;
}

/**
 * A webhook's job runs now, beside any other, and is written once: job, log lines and the ledger's row for the answer in
 * one commit, before the answer is sent. Undefined when no active webhook has this secret path.
 */
export async function handleHook(
  deps: WebhookDeps,
  hook: string,
  request: HttpRequestData,
): Promise<HookAnswer | undefined> {
  const found = deps.catalog.hook(hook);
  if (found === undefined || !found.trigger.active) return undefined;
  return (await runHook(deps, found, request)).answer;
}

/** The same of a trigger that was found. `checked`: what else is written with the job. */
export async function runHook(
  deps: WebhookDeps,
  found: FoundTrigger,
  request: HttpRequestData,
  checked?: Checked,
): Promise<Handled> {
  refuseNow(deps);
  const { running } = deps;
  const { project: live, trigger } = found;
  const user = userOf(trigger);
  const job = startedJob(found, user, deps.clock.now());
  const logbook = makeLogbook(deps, found, job, () => masked(live, request, checked));
  const run = attempt(deps, { job, live, trigger, input: encodeRequest(request), logbook });
  running.add(job.id, { projectId: live.project.id, cancel: run.cancel });
  try {
    const judged = await judgeAnswer(await run.outcome, job.id, masksOf(live).secrets, deps.ownOrigin);
    run.scan.found(judged.secrets, 'answer');
    const answer = isGivenUp(judged, running) ? stoppedAnswer(job.id) : judged.answer;
    const started = { job, live, logbook, request, user, subJobs: run.subJobs, checked };
    await finish(deps, started, { ...judged, answer });
    return { answer, job: job.id };
  } finally {
    running.remove(job.id);
    await logbook.close();
  }
}

/** Who a webhook's job runs as. */
export const userOf = ({ spec }: FoundTrigger['trigger']): JobUser => ({
  id: null,
  name: `webhook ${spec.name}`,
  login: null,
  role: null,
});

/** The copy of a request that people see. */
const masked = (live: LiveProject, request: HttpRequestData, checked: Checked | undefined): string =>
  storedRequest(request, masksOf(live).stored, checked?.hidden);

function startedJob({ project, trigger }: FoundTrigger, user: JobUser, now: number): JobRow {
  const job = newJob(project, trigger, { now, user, input: null, maxAttempts: 1 });
  const { number } = project.version;
  return {
    ...job,
    ...UNKEPT,
    status: 'running',
    overall: 'running',
    attempt: 1,
    started_at: now,
    version: number,
  };
}

/** Until the job is finished only a slow one is seen in the store. */
function makeLogbook(
  { store, clock, leaseMs }: WebhookDeps,
  { project: live, trigger }: FoundTrigger,
  job: JobRow,
  input: () => string,
): Logbook {
  let visible = false;
  return new Logbook({
    job,
    limits: trigger.limits,
    clock,
    async flush(lines) {
      if (visible) return store.appendLogs(lines);
      await store.startJob(
        { ...job, input: isKept(live, true) ? input() : null },
        lines,
        clock.now() + leaseMs,
      );
      visible = true;
    },
  });
}

interface Started {
  readonly job: JobRow;
  readonly live: LiveProject;
  readonly logbook: Logbook;
  readonly request: HttpRequestData;
  readonly user: JobUser;
  readonly subJobs: Attempt['subJobs'];
  readonly checked: Checked | undefined;
}

async function finish({ store, clock, wake }: WebhookDeps, started: Started, judged: Judged): Promise<void> {
  const { job, live, logbook, request, user, subJobs, checked } = started;
  const { stored } = masksOf(live);
  const at = clock.now();
  if (judged.warning !== null) logbook.note('warning', judged.warning);
  const finished = await finishedJob({
    job,
    live,
    outcome: judged.outcome,
    logbook,
    kept: (failed) => ({ ...UNKEPT, input: isKept(live, failed) ? masked(live, request, checked) : null }),
    result: () => storedJson(judged.result, stored, lengthOf(judged.outcome)),
    at,
  });
  const row = answerRow(finished.job, judged.answer, request, user.name, live, at);
  const added = subJobs(judged.outcome, at);
  const { status } = judged.answer;
  const failed = judged.outcome.status !== 'done';
  const hook = checked && { hook: checked.end({ job: job.id, status, failed, request }) };
  if (!(await store.finishJob({ ...finished, ledger: [row], subJobs: added, ...hook })))
    throw lostJob(job.id);
  if (added.length > 0) wake();
}

/** A request is never kept as it was: nobody can make it again but its caller. */
const UNKEPT = { input: null, args: null, input_whole: 0 } as const;

const lengthOf = (outcome: Outcome): number => (outcome.status === 'done' ? outcome.result.text.length : 0);

const isGivenUp = ({ outcome }: Judged, running: RunningJobs): boolean =>
  outcome.status === 'cancelled' && running.stopping;

const stoppedAnswer = (jobId: string): HookAnswer =>
  plainAnswer(503, `The server is stopping. Call again in a moment. Job ${jobId}\n`);

/** Throws an AppError 503 when nothing is started any more, or nothing could be written down. */
export function refuseNow({
  running,
  store,
}: Pick<WebhookDeps, 'running'> & { readonly store: Pick<Store, 'state'> }): void {
  if (running.stopping) throw stopping();
  if (!store.state().usable) throw storeAway();
}

const stopping = (): AppError => new AppError('stopping', 503, 'Sluice is stopping. Call again in a moment.');

/** Its answer was not written down, so it is not sent. */
const lostJob = (jobId: string): AppError =>
  new AppError(
    'job_lost',
    500,
    `Job ${jobId} was given up meanwhile, as this server seemed to be gone. Call again.`,
  );
