import type { LiveProject, LiveTrigger } from '../live-project.ts';
import type { DbTrigger } from '../project/manifest.ts';
import type { TimedPlan, TimedPlanWrite } from '../store/timed-store.ts';

/** A db trigger that is based on a time, as it is now. */
export interface LiveTimed {
  readonly trigger: LiveTrigger;
  readonly spec: DbTrigger;
  readonly field: string;
  /** From the field's time to when it is due, in milliseconds; negative for before. */
  readonly shift: number;
}

/** Undefined when the trigger is another one. */
export function liveTimed(trigger: LiveTrigger | undefined): LiveTimed | undefined {
  if (trigger?.spec.type !== 'db' || trigger.spec.on !== 'time') return undefined;
  const { spec } = trigger;
  const delay = spec.delay ?? 0;
  return { trigger, spec, field: spec.field ?? '', shift: spec.direction === 'before' ? -delay : delay };
}

/** Equal for equal rules, and kept with the plan that was made from one. */
export const ruleText = ({ spec, shift }: LiveTimed): string =>
  JSON.stringify([spec.model, spec.field, shift]);

/**
 * The plans of a project's triggers on a time that are not what they should be, as they should be:
 *
 *     no plan, or of another rule   begins now: what fell due before was not wanted
 *     switched on again             the same
 *     switched off                  does not look
 *     all else                      stays: what fell due while the server was away is made up for
 */
export function changedTimedPlans(
  live: LiveProject,
  plans: readonly TimedPlan[],
  now: number,
): TimedPlanWrite[] {
  const before = new Map(plans.map((plan) => [plan.name, plan]));
  return [...live.triggersByName].flatMap(([name, trigger]) => {
    const timed = liveTimed(trigger);
    if (timed === undefined) return [];
    const plan = before.get(name);
    const rule = ruleText(timed);
    const armed = trigger.active;
    if (plan?.rule === rule && plan.armed === armed) return [];
    const goesOn = plan?.rule === rule && !armed;
    const { checked_at, after_id } = goesOn ? plan : { checked_at: now, after_id: 0 };
    return [{ project_id: live.project.id, name, rule, armed, checked_at, after_id, before: plan ?? null }];
  });
}
