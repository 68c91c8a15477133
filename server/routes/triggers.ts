import { z } from 'zod';
import type { LiveProject } from '../../runtime/live-project.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { moment, time, toTime, wholeNumber } from '../shapes/common.ts';
import { jobShape, toJob } from '../shapes/job.ts';
import { toTrigger, triggerShape } from '../shapes/project.ts';
import { writeAudit } from '../write-audit.ts';
import { findTrigger } from './find-project.ts';

const LONGEST_WAIT = 300;
const count = wholeNumber(100).default(10);

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
  summary: 'Switch a trigger on or off; set when a cron trigger runs next, null: as deployed',
  body: z
    .strictObject({ active: z.boolean().optional(), next: moment.nullable().optional() })
    .refine(({ active, next }) => active !== undefined || next !== undefined, 'it needs "active" or "next"'),
  answer: triggerShape,
  handle: async (call) => {
    const { slug } = findTrigger(call).project.project;
    const { active, next } = call.body;
    let live = findTrigger(call).project;
    // First, because it is refused for other triggers than cron, and then nothing is changed.
    if (next !== undefined) live = await setNext(call, slug, next);
    if (active !== undefined) live = await setActive(call, slug, active);
    return changed(call, live);
  },
});

async function setNext(call: Call, slug: string, next: number | null): Promise<LiveProject> {
  const name = call.part('name');
  const live = await call.services.runtime.setTriggerNext(slug, name, next);
  const message =
    next === null ? `Trigger ${name} runs as deployed.` : `Trigger ${name} runs next at ${toTime(next)}.`;
  await writeAudit(call, { kind: 'trigger_planned', message });
  return live;
}

async function setActive(call: Call, slug: string, active: boolean): Promise<LiveProject> {
  const name = call.part('name');
  const live = await call.services.runtime.setTriggerActive(slug, name, active);
  const message = `Trigger ${name} was switched ${active ? 'on' : 'off'}.`;
  await writeAudit(call, { kind: 'trigger_switched', message });
  return live;
}

export const nextRuns = endpoint({
  summary: 'The next planned runs of a cron trigger',
  query: z.strictObject({ count }),
  answer: z.object({ items: z.array(z.object({ at: time })) }),
  handle: async (call) => {
    const { project, trigger } = findTrigger(call);
    const { slug } = project.project;
    const runs = await call.services.runtime.previewCron(slug, trigger.spec.name, call.query.count);
    return { items: runs.map((at) => ({ at: toTime(at) })) };
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
async function changed(call: Call, live: LiveProject): Promise<z.infer<typeof triggerShape>> {
  const trigger = live.triggersByName.get(call.part('name')) ?? findTrigger(call).trigger;
  const planned = await call.services.runtime.plannedRuns(live.project.slug);
  return toTrigger(live, trigger, call.actor, planned);
}
