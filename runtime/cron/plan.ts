import type { LiveProject, LiveTrigger } from '../live-project.ts';
import type { CronTrigger } from '../project/manifest.ts';
import type { CronPlan, CronPlanWrite } from '../store/cron-store.ts';
import { firstTick, type Rhythm, rhythmOf, rhythmText, tickAfter } from './rhythm.ts';

/** A cron trigger of a project as it is now. */
export interface LiveCron {
  readonly trigger: LiveTrigger;
  readonly spec: CronTrigger;
  readonly rhythm: Rhythm;
}

/** Undefined when the project has no cron trigger of this name. */
export function liveCron(live: LiveProject, name: string): LiveCron | undefined {
  const trigger = live.triggersByName.get(name);
  if (trigger?.spec.type !== 'cron') return undefined;
  return { trigger, spec: trigger.spec, rhythm: rhythmOf(trigger.spec, trigger.next) };
}

/**
 * The plans of a project's cron triggers that are not what they should be, as they should be:
 *
 *     no plan, or of another rhythm   planned anew, in the future
 *     switched on again               goes on in its rhythm; the ticks meanwhile are not missed, they were not wanted
 *     switched off                    keeps its place in its rhythm, and does not fall due
 *     all else                        stays: deploys and restarts do not move a tick
 */
export function changedPlans(live: LiveProject, plans: readonly CronPlan[], now: number): CronPlanWrite[] {
  const before = new Map(plans.map((plan) => [plan.name, plan]));
  return [...live.triggersByName.keys()].flatMap((name) => {
    const cron = liveCron(live, name);
    if (cron === undefined) return [];
    const plan = before.get(name);
    const wanted = wantedPlan(live.project.id, cron, plan, now);
    const same =
      plan?.armed === wanted.armed && plan.rhythm === wanted.rhythm && plan.next_at === wanted.next_at;
    return same ? [] : [{ ...wanted, before: plan ?? null }];
  });
}

function wantedPlan(projectId: string, cron: LiveCron, plan: CronPlan | undefined, now: number): CronPlan {
  const { spec, rhythm, trigger } = cron;
  const text = rhythmText(rhythm);
  const own = { project_id: projectId, name: spec.name, rhythm: text, armed: trigger.active };
  if (plan?.rhythm !== text) return { ...own, next_at: firstTick(rhythm, now) };
  return { ...own, next_at: trigger.active && !plan.armed ? ahead(rhythm, plan.next_at, now) : plan.next_at };
}

function ahead(rhythm: Rhythm, tick: number | null, now: number): number | null {
  return tick === null || tick > now ? tick : tickAfter(rhythm, tick, now);
}

/** The ticks after `now`, as far as they are asked for. Of a trigger that is switched off: as if it were switched on now. */
export function* nextTicks(
  { rhythm }: LiveCron,
  plan: CronPlan | undefined,
  now: number,
): Generator<number, void> {
  const first = plan === undefined ? firstTick(rhythm, now) : ahead(rhythm, plan.next_at, now);
  for (let tick = first; tick !== null; tick = tickAfter(rhythm, tick, tick)) yield tick;
}
