import { type AttemptDeps, attempt } from '../../../runtime/attempt.ts';
import type { CommitDeps } from '../../../runtime/env/embedded/commit.ts';
import type { LiveProject, LiveTrigger } from '../../../runtime/live-project.ts';
import { masksOf } from '../../../runtime/mask/project-masks.ts';
import { newJob } from '../../../runtime/new-job.ts';
import type { HookAnswer } from '../../../runtime/runtime.ts';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { showable } from '../../../runtime/stored-json.ts';
import { judgeAnswer } from '../../../runtime/webhook/judge-answer.ts';
import type { JobLogLine, JobUser, Outcome } from '../../../sandbox/types.ts';
import { decode } from '../../../sandbox/wire/decode.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { localRecords } from './local-records.ts';
import { parseJson } from './parse-json.ts';
import { webhookInput } from './webhook-input.ts';

export interface LocalJob {
  readonly live: LiveProject;
  readonly trigger: LiveTrigger;
  /** What was given for the handler; undefined: nothing was. */
  readonly data: Buffer | undefined;
  /** Where records are kept. */
  readonly records: CommitDeps;
  /** Lines come with secrets masked. */
  readonly log: (line: JobLogLine) => void;
}

export interface LocalJobEnd {
  readonly outcome: Outcome;
  /** Plain data for a person: what the handler returned, or the answer that a webhook's caller gets. */
  readonly result: unknown;
}

/** One attempt of one job, by the same path as on a server. Throws a usage error for data that is not JSON where it must be. */
export async function runLocalJob(
  deps: AttemptDeps,
  { live, trigger, data, records, log }: LocalJob,
): Promise<LocalJobEnd> {
  const { secrets, stored } = masksOf(live);
  const now = Date.now();
  const queued = newJob(live, trigger, { now, user: userOf(trigger), input: null, maxAttempts: 1 });
  const job = { ...queued, attempt: 1, started_at: now, version: live.version.number };
  const logbook = { write: (line: JobLogLine) => log({ ...line, message: stored.mask(line.message) }) };
  const input = encode(await inputOf(live, trigger, data, records));
  const run = attempt(deps, { job, live, trigger, input, logbook });
  const outcome = await run.outcome;
  for (const added of run.subJobs(outcome, now)) logbook.write(subJobLine(added));
  if (trigger.spec.type === 'webhook') {
    const judged = await judgeAnswer(outcome, job.id, secrets, false);
    return { outcome: judged.outcome, result: showable(plainAnswer(judged.answer)) };
  }
  const result = outcome.status === 'done' ? showable(decode(outcome.result)) : null;
  return { outcome, result };
}

/** Nothing is queued here: what a server would do is told. */
const subJobLine = ({ function: name, input }: JobRow): JobLogLine => ({
  at: Date.now(),
  level: 'info',
  message: `On a server this sub-job would now be queued: ${name} with ${input}`,
  name: 'sluice',
});

function userOf({ spec }: LiveTrigger): JobUser {
  if (spec.type === 'webhook') return { id: null, name: `webhook ${spec.name}`, login: null, role: null };
  return { id: null, name: 'local', login: null, role: 'manager' };
}

async function inputOf(
  live: LiveProject,
  { spec }: LiveTrigger,
  data: Buffer | undefined,
  records: CommitDeps,
): Promise<unknown> {
  if (spec.type === 'webhook') return webhookInput(data ?? Buffer.alloc(0), live.webhooks[spec.name] ?? '');
  if (spec.type === 'db') return localRecords(records, spec, data);
  if (data !== undefined) return parseJson(data);
  return spec.type === 'button' ? spec.data : undefined;
}

const plainAnswer = ({ status, headers, body }: HookAnswer) => ({ status, headers, body });
