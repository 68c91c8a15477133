import type { JobRow } from '../../job-store.ts';
import { validOrNull, validText } from '../../text.ts';

/** The columns of a `JobRow`, in the order of `jobValues`. */
export const JOB_COLUMNS =
  'id, project_id, project, task, "trigger", trigger_type, function, status, overall, attempt, max_attempts, priority, ' +
  'created_at, planned_at, run_at, started_at, finished_at, cpu_ms, version, user, input, input_whole, args, ' +
  'result, error, parent_id, depth, identity_key, description';

export type JobValues = (string | number | null)[];

/** One `?` for each of the columns. */
export const JOB_PLACES = Array(29).fill('?').join(', ');

/** A job's values as they are stored. Positions are quicker than names, and this is written for every job. */
export function jobValues(job: JobRow): JobValues {
  return [
    job.id,
    job.project_id,
    validText(job.project),
    validText(job.task),
    validText(job.trigger),
    job.trigger_type,
    validText(job.function),
    job.status,
    job.overall,
    job.attempt,
    job.max_attempts,
    job.priority,
    job.created_at,
    job.planned_at,
    job.run_at,
    job.started_at,
    job.finished_at,
    job.cpu_ms,
    job.version,
    validText(job.user),
    validOrNull(job.input),
    job.input_whole,
    validOrNull(job.args),
    validOrNull(job.result),
    validOrNull(job.error),
    job.parent_id,
    job.depth,
    validOrNull(job.identity_key),
    validOrNull(job.description),
  ];
}
