import { z } from 'zod';
import { notFound } from '../../runtime/app-error.ts';
import type { JobRow } from '../../runtime/store/job-store.ts';
import { JOB_STATUSES } from '../../runtime/words.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { listOf, pageQuery, periodQuery } from '../shapes/common.ts';
import { jobShape, toJob } from '../shapes/job.ts';
import { type Change, writeAudit } from '../write-audit.ts';

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
  handle: async ({ services, query, actor, request }) => {
    const { limit, after, ...filter } = query;
    const terms = termsOf({ actor, request });
    const page = await services.runtime.store.listJobs(filter, { limit, after }, terms);
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

export const cancelJob = endpoint({
  summary: 'End a job that is queued or running, for good',
  answer: z.object({ job: jobShape }),
  handle: async (call) => {
    const { runtime } = call.services;
    const job = await runtime.cancelJob(call.part('id'), call.actor);
    await writeJobAudit(call, job, { kind: 'job_cancelled', message: `Job ${job.id} was cancelled.` });
    return { job: toJob(runtime.shownJob(job), call.actor) };
  },
});

export const retryJob = endpoint({
  summary: 'Run a finished job again, as a new job: what is answered',
  answer: z.object({ job: jobShape }),
  handle: async (call) => {
    const { runtime } = call.services;
    const id = call.part('id');
    const job = await runtime.retryJob(id, call.actor);
    await writeJobAudit(call, job, { kind: 'job_retried', message: `Job ${id} is run again as ${job.id}.` });
    return { job: toJob(runtime.shownJob(job), call.actor) };
  },
});

const writeJobAudit = (call: Call, { id, project, task, trigger }: JobRow, change: Change): Promise<void> =>
  writeAudit(call, { ...change, job: id, project, task, trigger });
