import type { JobRow } from '../../job-store.ts';
import { validOrNull, validText } from '../../text.ts';

/** The columns of a `JobRow` with their types: what many rows in one parameter are taken apart by. */
const TYPES = {
  id: 'text',
  project_id: 'text',
  project: 'text',
  task: 'text',
  trigger: 'text',
  trigger_type: 'text',
  function: 'text',
  status: 'text',
  overall: 'text',
  attempt: 'bigint',
  max_attempts: 'bigint',
  priority: 'bigint',
  created_at: 'bigint',
  planned_at: 'bigint',
  run_at: 'bigint',
  started_at: 'bigint',
  finished_at: 'bigint',
  cpu_ms: 'double precision',
  version: 'bigint',
  user: 'text',
  input: 'text',
  input_whole: 'bigint',
  args: 'text',
  result: 'text',
  error: 'text',
  parent_id: 'text',
  depth: 'bigint',
  identity_key: 'text',
  description: 'text',
} as const satisfies Record<keyof JobRow, string>;

export const JOB_COLUMNS = Object.keys(TYPES)
  .map((name) => `"${name}"`)
  .join(', ');

/** What the end of a job that was queued changes of it; all else stays as it was queued or claimed. */
const CHANGED = [
  'status',
  'overall',
  'version',
  'started_at',
  'finished_at',
  'cpu_ms',
  'input',
  'input_whole',
  'args',
  'result',
  'error',
] as const satisfies readonly (keyof JobRow)[];
const isChanged = (name: string): boolean => CHANGED.some((changed) => changed === name);

/** For `json_to_recordset`: what `changedValues` gives. */
export const CHANGED_FIELDS = ['id', 'attempt', ...CHANGED]
  .map((name) => `"${name}" ${TYPES[name as keyof JobRow]}`)
  .join(', ');

/** A job's columns, those that its end changes from `ended` and the others from `jobs`. */
export const CHANGED_COLUMNS = Object.keys(TYPES)
  .map((name) => `${isChanged(name) ? 'ended' : 'jobs'}."${name}"`)
  .join(', ');

export const changedValues = (job: JobRow): Pick<JobRow, 'id' | 'attempt' | (typeof CHANGED)[number]> => ({
  id: job.id,
  attempt: job.attempt,
  status: job.status,
  overall: job.overall,
  version: job.version,
  started_at: job.started_at,
  finished_at: job.finished_at,
  cpu_ms: job.cpu_ms,
  input: validOrNull(job.input),
  input_whole: job.input_whole,
  args: validOrNull(job.args),
  result: validOrNull(job.result),
  error: validOrNull(job.error),
});

/** The same where several tables have such columns. */
export const jobColumnsOf = (table: string): string =>
  Object.keys(TYPES)
    .map((name) => `${table}."${name}"`)
    .join(', ');

/** For `json_to_recordset`: rows as `jobValues` gives them. */
export const JOB_FIELDS = Object.entries(TYPES)
  .map(([name, type]) => `"${name}" ${type}`)
  .join(', ');

/** A job as it is stored. */
export const jobValues = (job: JobRow): JobRow => ({
  id: job.id,
  project_id: job.project_id,
  project: validText(job.project),
  task: validText(job.task),
  trigger: validText(job.trigger),
  trigger_type: job.trigger_type,
  function: validText(job.function),
  status: job.status,
  overall: job.overall,
  attempt: job.attempt,
  max_attempts: job.max_attempts,
  priority: job.priority,
  created_at: job.created_at,
  planned_at: job.planned_at,
  run_at: job.run_at,
  started_at: job.started_at,
  finished_at: job.finished_at,
  cpu_ms: job.cpu_ms,
  version: job.version,
  user: validText(job.user),
  input: validOrNull(job.input),
  input_whole: job.input_whole,
  args: validOrNull(job.args),
  result: validOrNull(job.result),
  error: validOrNull(job.error),
  parent_id: job.parent_id,
  depth: job.depth,
  identity_key: validOrNull(job.identity_key),
  description: validOrNull(job.description),
});
