import { z } from 'zod';
import type { Actor } from '../../runtime/runtime.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import { JOB_STATUSES } from '../../runtime/words.ts';
import { isProtectedFile } from '../../sandbox/code-files.ts';
import type { JobError } from '../../sandbox/types.ts';
import { hasRole } from '../role-check.ts';
import { time, toTime, toTimeOrNull } from './common.ts';

const count = z.number().int();

export const jobShape = z
  .object({
    id: z.string(),
    project: z.string().describe('slug'),
    task: z.string(),
    trigger: z.string(),
    description: z.string().nullable().describe('what add_job was told of a sub-job'),
    trigger_type: z.enum(['webhook', 'button', 'cron', 'db']),
    function: z.string(),
    status: z.enum(JOB_STATUSES).describe("the job's own"),
    overall: z.enum(JOB_STATUSES).describe('the worst of the job and its sub-jobs'),
    attempt: count,
    max_attempts: count.describe('0: without end'),
    created_at: time,
    planned_at: time.nullable(),
    started_at: time.nullable(),
    finished_at: time.nullable(),
    duration_ms: z.number().nullable(),
    cpu_ms: z.number().nullable(),
    version: count.nullable().describe('of the project; null until the job starts'),
    user: z.unknown(),
    input: z.unknown(),
    result: z.unknown(),
    error: z
      .object({
        name: z.string(),
        message: z.string(),
        limit: z.string().nullable(),
        file: z.string().nullable(),
        line: count.nullable(),
        column: count.nullable(),
        stack: z.string().nullable(),
      })
      .nullable(),
    parent_id: z.string().nullable(),
    children: z.array(z.string()),
  })
  .meta({ title: 'Job' });
export type JobShape = z.infer<typeof jobShape>;

/** A job as `actor` may see it. */
export function toJob(job: JobRow & { readonly children?: readonly string[] }, actor: Actor): JobShape {
  const { started_at, finished_at } = job;
  return {
    id: job.id,
    project: job.project,
    task: job.task,
    trigger: job.trigger,
    description: job.description,
    trigger_type: job.trigger_type,
    function: job.function,
    status: job.status,
    overall: job.overall,
    attempt: job.attempt,
    max_attempts: job.max_attempts,
    created_at: toTime(job.created_at),
    planned_at: toTimeOrNull(job.planned_at),
    started_at: toTimeOrNull(started_at),
    finished_at: toTimeOrNull(finished_at),
    duration_ms: started_at === null || finished_at === null ? null : finished_at - started_at,
    cpu_ms: job.cpu_ms,
    version: job.version,
    user: fromJson(job.user),
    input: fromJson(job.input),
    result: fromJson(job.result),
    error: toError(fromJson(job.error) as JobError | null, actor),
    parent_id: job.parent_id,
    children: [...(job.children ?? [])],
  };
}

const fromJson = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

/** Only a Manager sees which functions of Protected Code were on the stack. */
function toError(error: JobError | null, actor: Actor): JobShape['error'] {
  if (error === null) return null;
  const { name, message, limit, file, line, column } = error;
  const stack = hasRole(actor, 'manager') ? error.stack : withoutProtected(error.stack);
  return { name, message, limit, file, line, column, stack };
}

function withoutProtected(stack: string | null): string | null {
  const lines = stack?.split('\n').filter((line) => !isProtectedFile(fileOfFrame(line)));
  return lines?.join('\n') ?? null;
}

/** `protected.ts` of `    at send (protected.ts:3:7)`. */
const fileOfFrame = (line: string): string => /([^\s(]+):\d+:\d+\)?$/.exec(line)?.[1] ?? '';
