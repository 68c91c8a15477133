import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { listOf, pageQuery } from '../shapes/common.ts';
import { deliveryShape, toDelivery } from '../shapes/delivery.ts';
import { jobShape, toJob } from '../shapes/job.ts';
import { writeAudit } from '../write-audit.ts';
import { findWebhook } from './find-project.ts';

export const listDeliveries = endpoint({
  summary: 'The last deliveries to a webhook that checks its callers, newest first',
  query: z.strictObject(pageQuery),
  answer: listOf(deliveryShape),
  handle: async (call) => {
    const { project, trigger } = findWebhook(call);
    const { store } = call.services.runtime;
    const page = await store.listDeliveries(project.project.id, trigger.spec.name, call.query);
    return { items: page.items.map(toDelivery), next: page.next };
  },
});

export const redeliver = endpoint({
  summary: 'Give a delivery that is kept whole to its handler again, as a new job: what is answered',
  answer: z.object({ job: jobShape }),
  handle: async (call) => {
    const { services, actor } = call;
    const { project, trigger } = findWebhook(call);
    const id = call.part('id');
    const { slug } = project.project;
    const run = () => services.runtime.redeliver({ slug, name: trigger.spec.name, id, actor });
    const job = await services.shares.whileWaiting(actor, run);
    const message = `Delivery ${id} was delivered again as job ${job.id}.`;
    await writeAudit(call, { kind: 'redelivered', job: job.id, message });
    return { job: toJob(services.runtime.shownJob(job), actor) };
  },
});
