import { z } from 'zod';
import type { LiveProject } from '../../runtime/live-project.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { jobShape, toJob } from '../shapes/job.ts';
import { toTrigger, triggerShape } from '../shapes/project.ts';
import { writeAudit } from '../write-audit.ts';
import { findTrigger } from './find-project.ts';

const LONGEST_WAIT = 300;

export const runTrigger = endpoint({
  summary: 'Run a trigger now; `wait`: seconds to wait for the job to end',
  body: z.strictObject({
    data: z.unknown().optional(),
    wait: z.number().min(0).max(LONGEST_WAIT, `it takes seconds from 0 to ${LONGEST_WAIT}`).default(0),
  }),
  answer: z.object({ job: jobShape }),
  handle: async (call) => {
    const { project, trigger } = findTrigger(call);
    const { services, actor, body } = call;
    const { data, wait } = body;
    const { slug } = project.project;
    const run = () =>
      services.runtime.runTrigger({ slug, name: trigger.spec.name, data, waitMs: wait * 1000, actor });
    const job = await (wait === 0 ? run() : services.shares.whileWaiting(actor, run));
    return { job: toJob(services.runtime.shownJob(job), actor) };
  },
});

export const patchTrigger = endpoint({
  summary: 'Switch a trigger on or off',
  body: z.strictObject({ active: z.boolean() }),
  answer: triggerShape,
  handle: async (call) => {
    const { project, trigger } = findTrigger(call);
    const { slug } = project.project;
    const { name } = trigger.spec;
    const { active } = call.body;
    const live = await call.services.runtime.setTriggerActive(slug, name, active);
    await writeAudit(call, {
      kind: 'trigger_switched',
      message: `Trigger ${name} was switched ${active ? 'on' : 'off'}.`,
    });
    return changed(call, live);
  },
});

export const rotateTrigger = endpoint({
  summary: 'Give a webhook a new secret path; the old one ends at once',
  answer: triggerShape,
  handle: async (call) => {
    const { project, trigger } = findTrigger(call);
    const { name } = trigger.spec;
    const live = await call.services.runtime.rotateHook(project.project.slug, name);
    await writeAudit(call, { kind: 'hook_rotated', message: `Webhook ${name} has a new path.` });
    return changed(call, live);
  },
});

/** The trigger as it is after the change. */
function changed(call: Call, live: LiveProject): z.infer<typeof triggerShape> {
  const trigger = live.triggersByName.get(call.part('name')) ?? findTrigger(call).trigger;
  return toTrigger(live, trigger, call.actor);
}
