import { setImmediate } from 'node:timers/promises';
import { AppError } from '../app-error.ts';
import type { Catalog } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import { liveCron, nextTicks } from '../cron/plan.ts';
import { cronJob, cronUser } from '../cron/tick.ts';
import { cronOf, findProject } from '../project-settings.ts';
import type { Runtime } from '../runtime.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import type { Waiting } from '../waiting.ts';

export interface CronDeps {
  readonly store: Pick<Store, 'enqueueAlone' | 'getJob' | 'listCronPlans'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Tells the worker that there is something to do. */
  wake(): void;
}

/**
 * Queues a job of a cron trigger now, beside its plan, also while it is switched off: somebody wants it once. It runs as
 * the trigger's user, else as who asks. Refused while the job before it is unfinished, and with data: `handle_cron` takes none.
 */
export async function runCron(
  deps: CronDeps,
  { slug, name, data, waitMs, actor }: Parameters<Runtime['runTrigger']>[0],
): Promise<JobRow> {
  const live = findProject(deps.catalog, slug);
  const cron = cronOf(live, name);
  if (data !== undefined) {
    const message = `Trigger ${name} is a cron trigger, whose handler takes no data. Leave "data" out.`;
    throw new AppError('invalid_data', 422, message);
  }
  const { id, name: person, login, role } = actor;
  const user = cron.spec.user === null ? { id, name: person, login, role } : cronUser(cron.spec);
  const job = cronJob(live, cron, { now: deps.clock.now(), plannedAt: null, user });
  const ended = deps.waiting.wait(job.id, waitMs);
  if (!(await deps.store.enqueueAlone(job))) {
    deps.waiting.notify(job.id);
    const message = `The job of ${name} before this one is not finished. Wait for its end, then run it again.`;
    throw new AppError('unfinished', 409, message);
  }
  deps.wake();
  if (waitMs <= 0) return job;
  await ended;
  return (await deps.store.getJob(job.id)) ?? job;
}

/** The next tick of each cron trigger of a project, by name; without those that have none. */
export async function plannedRuns(deps: CronDeps, slug: string): Promise<ReadonlyMap<string, number>> {
  const live = findProject(deps.catalog, slug);
  const plans = await deps.store.listCronPlans(live.project.id);
  const planned = new Map<string, number>();
  for (const plan of plans) {
    const cron = liveCron(live, plan.name);
    const [next] = cron === undefined ? [] : nextTicks(cron, plan, deps.clock.now());
    if (next !== undefined) planned.set(plan.name, next);
  }
  return planned;
}

/** The next ticks of a cron trigger, at most `count`, in milliseconds since 1970. */
export async function previewCron(
  deps: CronDeps,
  slug: string,
  name: string,
  count: number,
): Promise<readonly number[]> {
  const live = findProject(deps.catalog, slug);
  const cron = cronOf(live, name);
  const plans = await deps.store.listCronPlans(live.project.id);
  const plan = plans.find((each) => each.name === name);
  const ticks: number[] = [];
  for (const tick of nextTicks(cron, plan, deps.clock.now())) {
    ticks.push(tick);
    if (ticks.length === count) break;
    // Rare ones take some milliseconds each.
    await setImmediate();
  }
  return ticks;
}
