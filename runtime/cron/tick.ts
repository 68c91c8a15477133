import type { JobUser } from '../../sandbox/types.ts';
import type { LiveProject } from '../live-project.ts';
import { newJob } from '../new-job.ts';
import type { CronTrigger } from '../project/manifest.ts';
import { maxAttempts } from '../retry.ts';
import type { DueTick, TickWrite } from '../store/cron-store.ts';
import type { JobRow } from '../store/job-store.ts';
import type { LogWrite } from '../store/log-store.ts';
import type { LiveCron } from './plan.ts';
import { tickAfter } from './rhythm.ts';

/** A tick that is found later than this was missed: a server that is there looks at least once a minute. */
const LATE_MS = 60_000;

/** Whom the jobs of a cron trigger run as. Its role is null: nobody is logged in. */
export function cronUser({ name, user }: CronTrigger): JobUser {
  if (user === null) return { id: null, name: `cron ${name}`, login: null, role: null };
  return { id: null, name: user, login: user, role: null };
}

/** A job of a cron trigger. `plannedAt` is null when a person starts it. */
export function cronJob(
  live: LiveProject,
  { trigger }: LiveCron,
  start: { readonly now: number; readonly plannedAt: number | null; readonly user: JobUser },
): JobRow {
  return newJob(live, trigger, { ...start, input: null, maxAttempts: maxAttempts(trigger.task) });
}

/** What is to be written for a tick that is due at `now`. */
export function tickWrite(live: LiveProject, cron: LiveCron, due: DueTick, now: number): TickWrite {
  const { spec, trigger, rhythm } = cron;
  const line = (level: LogWrite['level'], message: string): LogWrite => ({
    at: now,
    level,
    message,
    project: live.project.slug,
    project_id: live.project.id,
    task: trigger.task.name,
    trigger: spec.name,
    job: null,
    name: 'sluice',
  });
  const planned = new Date(due.next_at).toISOString();
  const missed = now - due.next_at > LATE_MS;
  const lost = missed && spec.missed === 'skip';
  const becomes = lost ? 'is skipped' : 'starts now, once for all that were missed';
  return {
    project_id: due.project_id,
    name: due.name,
    planned_at: due.next_at,
    next_at: tickAfter(rhythm, due.next_at, now),
    job: lost ? null : cronJob(live, cron, { now, plannedAt: due.next_at, user: cronUser(spec) }),
    logs: missed ? [line('warning', `The run planned for ${planned} was missed and ${becomes}.`)] : [],
    unfinished: line(
      'info',
      `The run planned for ${planned} is skipped: the trigger's job before it is not finished.`,
    ),
  };
}
