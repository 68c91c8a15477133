import type { JobUser } from '../sandbox/types.ts';
import { AppError, notFound } from './app-error.ts';
import type { Catalog } from './catalog.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import { newJob } from './new-job.ts';
import { maxAttempts } from './retry.ts';
import type { Actor } from './runtime.ts';
import type { JobRow } from './store/job-store.ts';
import type { Store } from './store/store.ts';

export interface RetryDeps extends DispatchDeps {
  readonly store: Pick<Store, 'enqueueJob' | 'enqueueAlone' | 'getJob'>;
  readonly catalog: Pick<Catalog, 'get'>;
}

/**
 * Runs a finished job of a queued trigger again: as a new job with the same input, because a finished job never runs
 * again. A button's is a new click, by the person who asks; the others keep their user. Resolves once the new job is on
 * disk. Throws an AppError 404 or 409 that says why it cannot be done.
 */
export async function retryJob(deps: RetryDeps, id: string, actor: Actor): Promise<JobRow> {
  const job = await deps.store.getJob(id);
  if (job === undefined) throw notFound(`The job ${JSON.stringify(id)}`, 'Check the id.');
  const problem = problemOf(job);
  if (problem !== undefined) throw new AppError('not_retried', 409, problem);
  const { live, trigger } = whatRuns(deps.catalog, job);
  const again: JobRow = {
    ...newJob(live, trigger, {
      now: deps.clock.now(),
      user: job.trigger_type === 'button' ? userOf(actor) : (JSON.parse(job.user) as JobUser),
      input: job.input,
      maxAttempts: job.parent_id === null ? maxAttempts(trigger.task) : job.max_attempts,
    }),
    function: job.function,
    args: job.args,
    priority: job.priority,
    parent_id: job.parent_id,
    depth: job.depth,
    description: job.description,
  };
  await queue(deps, again);
  deps.wake();
  return again;
}

/** Jobs of a cron trigger never run beside each other. */
async function queue({ store }: RetryDeps, again: JobRow): Promise<void> {
  if (again.trigger_type !== 'cron' || again.parent_id !== null) return store.enqueueJob(again);
  if (await store.enqueueAlone(again)) return;
  const message = `Another job of ${again.trigger} is not finished. Wait for its end, then retry this one.`;
  throw new AppError('not_retried', 409, message);
}

function problemOf(job: JobRow): string | undefined {
  const { id, finished_at, status, input, input_whole } = job;
  if (job.trigger_type === 'webhook' && job.parent_id === null) {
    return `Job ${id} is a webhook's: its caller waited for the answer and has it. Ask the caller to call again. Where its trigger keeps deliveries, it can be delivered again.`;
  }
  if (finished_at === null) {
    return `Job ${id} is ${status}. Wait for its end, or cancel it first.`;
  }
  if (input_whole === 1) return undefined;
  return input === null
    ? `Job ${id} cannot run again, because its input was not kept (keep.input in project.yaml). Start its trigger anew.`
    : `Job ${id} cannot run again, because only a copy of its input was kept: it is long, or has the value of a secret in it. Start its trigger anew.`;
}

function whatRuns(
  catalog: Pick<Catalog, 'get'>,
  job: JobRow,
): { readonly live: LiveProject; readonly trigger: LiveTrigger } {
  const live = catalog.get(job.project);
  const trigger = live?.project.id === job.project_id ? live.triggersByName.get(job.trigger) : undefined;
  if (live !== undefined && trigger?.spec.type === job.trigger_type && trigger.task.name === job.task) {
    return { live, trigger };
  }
  const message = `Trigger ${job.trigger} of task ${job.task} does not exist any more, so job ${job.id} cannot run again. Deploy it again.`;
  throw new AppError('not_retried', 409, message);
}

const userOf = ({ id, name, login, role }: Actor): JobUser => ({ id, name, login, role });
