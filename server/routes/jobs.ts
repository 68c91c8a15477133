import { z } from 'zod';
import { notFound } from '../../runtime/app-error.ts';
import { JOB_STATUSES } from '../../runtime/words.ts';
import { endpoint } from '../endpoint.ts';
import { listOf, pageQuery, periodQuery } from '../shapes/common.ts';
import { jobShape, toJob } from '../shapes/job.ts';

export const listJobs = endpoint({
  summary: 'Jobs, newest first',
  query: z.strictObject({
    project: z.string().optional(),
    task: z.string().optional(),
    trigger: z.string().optional(),
    status: z.enum(JOB_STATUSES, `it takes one of ${JOB_STATUSES.join(', ')}`).optional(),
    ...periodQuery,
    ...pageQuery,
  }),
  answer: listOf(jobShape),
  handle: async ({ services, query, actor }) => {
    const { limit, after, ...filter } = query;
    const page = await services.runtime.store.listJobs(filter, { limit, after });
    return { items: page.items.map((job) => toJob(services.runtime.shownJob(job), actor)), next: page.next };
  },
});

export const getJob = endpoint({
  summary: 'One job',
  answer: jobShape,
  handle: async (call) => {
    const id = call.part('id');
    const job = await call.services.runtime.store.getJob(id);
    if (job === undefined) throw notFound(`The job ${JSON.stringify(id)}`, 'Check the id.');
    return toJob(call.services.runtime.shownJob(job), call.actor);
  },
});
