import type { JobUser } from '../sandbox/types.ts';
import { uuidv7 } from './ids.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import type { JobRow } from './store/job-store.ts';
import { HANDLER_OF } from './words.ts';

/** Of a job that says nothing else. Lower numbers go first. */
export const PRIORITY = 10;

/** A job of this trigger, created at `now` and queued. `input` is JSON text. */
export function newJob(
  live: LiveProject,
  trigger: LiveTrigger,
  start: {
    readonly now: number;
    readonly user: JobUser;
    readonly input: string | null;
    readonly maxAttempts: number;
    /** When it was meant to start; for jobs that a clock starts. */
    readonly plannedAt?: number | null;
  },
): JobRow {
  const { spec, task } = trigger;
  return {
    id: uuidv7(start.now),
    project_id: live.project.id,
    project: live.project.slug,
    task: task.name,
    trigger: spec.name,
    trigger_type: spec.type,
    function: HANDLER_OF[spec.type],
    status: 'queued',
    overall: 'queued',
    attempt: 0,
    max_attempts: start.maxAttempts,
    priority: PRIORITY,
    created_at: start.now,
    planned_at: start.plannedAt ?? null,
    run_at: start.now,
    started_at: null,
    finished_at: null,
    cpu_ms: null,
    version: null,
    user: JSON.stringify(start.user),
    input: start.input,
    input_whole: 1,
    args: null,
    result: null,
    error: null,
    parent_id: null,
    depth: 0,
    identity_key: null,
    description: null,
  };
}
