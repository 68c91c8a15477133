import { placelessError } from '../sandbox/job/job-error.ts';
import { messageOf } from '../sandbox/message-of.ts';
import type {
  Encoded,
  JobContext,
  JobOrder,
  JobUser,
  Outcome,
  RunningJob,
  Sandbox,
} from '../sandbox/types.ts';
import { LONGEST_ERROR_TEXT, maskBounded } from '../sandbox/wire/text-bounds.ts';
import { type CapabilityDeps, routeCalls } from './capability-calls.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import type { Logbook } from './logbook.ts';
import { masksOf } from './mask/project-masks.ts';
import { maskerOver } from './sealed/masker-over.ts';
import { createSeals } from './sealed/seals.ts';
import type { HitScan, SecretHits } from './secret-hits.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';
import { SubJobs } from './sub-jobs/sub-jobs.ts';

export interface AttemptDeps extends CapabilityDeps {
  readonly sandbox: Pick<Sandbox, 'run'>;
  readonly hits: Pick<SecretHits, 'scan'>;
  readonly store: Pick<Store, 'countSubJobs'>;
}

export interface AttemptRequest {
  /** As it starts: its attempt is counted. */
  readonly job: JobRow;
  readonly live: LiveProject;
  readonly trigger: LiveTrigger;
  /** The argument of the handler. */
  readonly input: Encoded;
  readonly logbook: Pick<Logbook, 'write'>;
  /** It was interrupted before: no other job may suffer from it, nor it from another. */
  readonly alone?: boolean;
}

export interface Attempt {
  /** Its error is masked. Rejects only while sub-jobs that it added cannot be counted, with what the store says. */
  readonly outcome: Promise<Outcome>;
  readonly scan: HitScan;
  /** What it added by `add_job`, to be committed with its final state; nothing unless that is a good one. `at`: now. */
  subJobs(outcome: Outcome, at: number): readonly JobRow[];
  cancel(reason: string): void;
}

/**
 * Runs one attempt of one job: the one place through which every trigger's jobs, retries and test runs pass. Log lines go
 * to the logbook, capability calls to registers, links and gate, secrets in what the task writes to the audit. Who started it decides what its outcome becomes.
 */
export function attempt(deps: AttemptDeps, request: AttemptRequest): Attempt {
  const { live, logbook } = request;
  const seals = createSeals(live);
  const order = freezeOrder(request);
  const scan = deps.hits.scan(request.job, live);
  const added = new SubJobs(request);
  let running: RunningJob | undefined;
  let overQuery: string | undefined;
  const calls = routeCalls(deps, added, request.job, live, order.context.user, seals, (message) => {
    overQuery ??= message;
    running?.cancel(message);
  });
  const ended = async (ran: Outcome): Promise<Outcome> => {
    tellUnwritten(await calls.end(), logbook);
    const outcome = await added.judge(
      overQuery === undefined ? ran : overQueryLimit(ran, overQuery),
      deps.store,
    );
    scan.outcome(outcome);
    return maskOutcome(outcome, live);
  };
  const subJobs: Attempt['subJobs'] = ({ status }, at) => (status === 'done' ? added.rows(at) : []);
  try {
    running = deps.sandbox.run(order, {
      log(line) {
        scan.line(line);
        logbook.write(line);
      },
      call: calls.call,
      secrets() {
        tellUnset(live, logbook);
        return seals.secrets;
      },
      mask: maskerOver(masksOf(live).secrets, seals).mask,
      withheld: seals.withheld,
    });
    const outcome = running.outcome.then(ended, (error: unknown) => ended(brokenDown(error)));
    return { outcome, scan, subJobs, cancel: (reason) => running?.cancel(reason) };
  } catch (error) {
    return { outcome: ended(brokenDown(error)), scan, subJobs, cancel: () => {} };
  }
}

/** Protected Code reads a secret that has no value as undefined: what it then does had better not be a riddle. */
function tellUnset({ version, secrets, project }: LiveProject, logbook: Pick<Logbook, 'write'>): void {
  const unset = version.manifest.secrets.filter(({ key }) => !Object.hasOwn(secrets, key));
  if (unset.length === 0) return;
  const keys = unset.map(({ key }) => key).join(', ');
  const message = `Without a value, and undefined in Protected Code: ${keys}. A Manager sets it: sluice secrets set ${project.slug} KEY`;
  logbook.write({ at: Date.now(), level: 'info', message, name: 'sluice' });
}

/** What was sent is in the ledger; what came of it is not, and nobody else could say so. */
function tellUnwritten(count: number, logbook: Pick<Logbook, 'write'>): void {
  if (count === 0) return;
  const message = `The outcome of ${count} of its requests could not be written to the ledger; the requests are there. Tell an administrator.`;
  logbook.write({ at: Date.now(), level: 'error', message, name: 'sluice' });
}

function freezeOrder({ job, live, trigger, input, alone = false }: AttemptRequest): JobOrder {
  return Object.freeze({
    jobId: job.id,
    projectId: live.project.id,
    version: live.version.number,
    program: live.version.program,
    task: trigger.task.code,
    handler: job.function,
    input,
    isSubJob: job.parent_id !== null,
    context: contextOf(job, live),
    limits: trigger.limits,
    ownRealm: {
      task: trigger.task.realm === 'own',
      protected: live.version.manifest.realm === 'own',
    },
    alone,
  });
}

function contextOf(job: JobRow, live: LiveProject): JobContext {
  return Object.freeze({
    params: live.values,
    texts: live.texts,
    textsByLanguage: live.textsByLanguage,
    webhooks: live.webhooks,
    triggerName: job.trigger,
    user: JSON.parse(job.user) as JobUser,
    job: Object.freeze({ id: job.id, attempt: job.attempt, trigger: job.trigger }),
  });
}

/** The job was ended because of it, or came to its own end at the same moment. */
function overQueryLimit(ran: Outcome, message: string): Outcome {
  const error = placelessError('LimitExceeded', message, 'query');
  return { status: 'limit_exceeded', error, cpuMs: ran.cpuMs };
}

/** The sandbox itself failed: a defect of Sluice, told as such. */
function brokenDown(error: unknown): Outcome {
  const message = `The sandbox could not run the job: ${messageOf(error)}`;
  return { status: 'crashed', error: placelessError('SandboxError', message), cpuMs: 0, interrupted: true };
}

function maskOutcome(outcome: Outcome, live: LiveProject): Outcome {
  if (outcome.status === 'done') return outcome;
  const { stored } = masksOf(live);
  const { name, message, stack } = outcome.error;
  const masked = (text: string) => maskBounded(stored.mask, text, LONGEST_ERROR_TEXT);
  const error = {
    ...outcome.error,
    name: masked(name),
    message: masked(message),
    stack: stack === null ? null : stored.mask(stack),
  };
  return { ...outcome, error };
}
