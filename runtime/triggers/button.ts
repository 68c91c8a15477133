import type { JobUser } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import type { Catalog } from '../catalog.ts';
import { type DispatchDeps, dispatch } from '../dispatch.ts';
import type { LiveProject, LiveTrigger } from '../live-project.ts';
import { findProject, findTrigger } from '../project-settings.ts';
import type { Runtime } from '../runtime.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import type { Waiting } from '../waiting.ts';

export interface ButtonDeps extends DispatchDeps {
  readonly store: Pick<Store, 'enqueueJob' | 'getJob'>;
  readonly catalog: Pick<Catalog, 'get'>;
  readonly waiting: Waiting;
}

/**
 * Queues a button's job, with the trigger's data unless other data is given, and waits for its end when asked to. A person
 * clicks a button on purpose: it also starts a job while its project or task is switched off, but not when it is itself.
 */
export async function runButton(
  deps: ButtonDeps,
  { slug, name, data, waitMs, actor }: Parameters<Runtime['runTrigger']>[0],
): Promise<JobRow> {
  const live = findProject(deps.catalog, slug);
  const trigger = buttonOf(live, name);
  const { id, name: person, login, role } = actor;
  const user: JobUser = { id, name: person, login, role };
  let ended: Promise<void> | undefined;
  const job = await dispatch(deps, {
    live,
    trigger: trigger.live,
    user,
    input: data === undefined ? trigger.data : data,
    beforeQueued: (queued) => {
      if (waitMs > 0) ended = deps.waiting.wait(queued.id, waitMs);
    },
  });
  if (ended === undefined) return job;
  await ended;
  return (await deps.store.getJob(job.id)) ?? job;
}

function buttonOf(live: LiveProject, name: string): { live: LiveTrigger; data: unknown } {
  const trigger = findTrigger(live, name);
  const { spec } = trigger;
  if (spec.type !== 'button') {
    const message = `Trigger ${name} is a ${spec.type} trigger; only button, cron and db triggers can be run by hand.`;
    throw new AppError('not_a_button', 409, message);
  }
  const row = live.triggers.find((candidate) => candidate.name === name);
  if (!(row?.active ?? spec.active)) {
    throw new AppError('switched_off', 409, `Button ${name} is switched off. Switch it on to run it.`);
  }
  return { live: trigger, data: spec.data };
}
