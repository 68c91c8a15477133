import type { ApiJob, ApiPage } from '../api-shapes.ts';
import { type Query, route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { everyLine } from '../every-line.ts';
import { errorLine } from '../job-text.ts';
import { formatLogLine } from '../log-text.ts';
import { table } from '../output.ts';
import { printable } from '../printable.ts';

export interface JobFilterOptions {
  readonly project?: string;
  readonly task?: string;
  readonly trigger?: string;
  readonly status?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
}

/** Prints the newest jobs that match, as a table or, for programs, as the page of the API. */
export async function listJobs(context: CommandContext, options: JobFilterOptions): Promise<void> {
  const { output } = context;
  const { project, task, trigger, status, from, to, limit } = options;
  const query: Query = { project, task, trigger, status, from, to, limit };
  const client = await context.connect();
  const page = (await client.get('/jobs', query)) as ApiPage<ApiJob>;
  // Nothing of a project may mean that its name is wrong: asking for it says so.
  if (page.items.length === 0 && project !== undefined) await client.get(route`/projects/${project}`);
  output.result(page, () =>
    table(['ID', 'CREATED', 'STATUS', 'MS', 'PROJECT', 'TRIGGER'], page.items.map(row)),
  );
  if (page.items.length === 0) output.note('No job matches.');
  if (page.next !== null) output.note('There are more: give a higher --limit, or a narrower filter.');
}

const row = (job: ApiJob): readonly unknown[] => [
  job.id,
  job.created_at,
  job.status,
  job.duration_ms,
  job.project,
  job.parent_id === null ? job.trigger : `${job.trigger}.${job.function}`,
];

/** Prints one job with its input, its result or error, and its log. */
export async function showJob(context: CommandContext, id: string): Promise<void> {
  const client = await context.connect();
  const [answer, lines] = await Promise.all([client.get(route`/jobs/${id}`), everyLine(client, { job: id })]);
  const job = answer as ApiJob;
  context.output.result({ ...job, logs: lines }, () =>
    [
      ...facts(job).map(([name, value]) => `${name.padEnd(9)} ${printable(value)}`),
      ...(job.error?.stack ? ['', printable(job.error.stack, { lines: true })] : []),
      ...(lines.length > 0 ? [''] : []),
      ...lines.map((line) => formatLogLine(line, context.output)),
    ].join('\n'),
  );
}

function facts(job: ApiJob): readonly (readonly [string, string])[] {
  return [
    ['job', job.id],
    ['status', job.overall === job.status ? job.status : `${job.status}, overall ${job.overall}`],
    ['project', `${job.project}, version ${job.version ?? 'not chosen yet'}`],
    ['task', `${job.task}, ${job.function}`],
    ['trigger', job.trigger],
    ...(job.description === null ? [] : [['about', job.description] as const]),
    ...(job.parent_id === null ? [] : [['added by', job.parent_id] as const]),
    ['attempt', `${job.attempt} of ${job.max_attempts === 0 ? 'any number' : job.max_attempts}`],
    ['created', job.created_at],
    ['finished', job.finished_at === null ? 'not yet' : `${job.finished_at}, after ${job.duration_ms} ms`],
    ['input', JSON.stringify(job.input)],
    ...(job.error
      ? [['error', errorLine(job.error)] as const]
      : [['result', JSON.stringify(job.result)] as const]),
    ...(job.children.length > 0 ? [['sub-jobs', job.children.join(' ')] as const] : []),
  ];
}

/** Ends a job that is queued or running. */
export async function cancelJob(context: CommandContext, id: string): Promise<void> {
  const client = await context.connect();
  const { job } = (await client.send('POST', route`/jobs/${id}/cancel`)) as { readonly job: ApiJob };
  context.output.result(job, () => `Job ${job.id} is cancelled.`);
}

/** Runs a finished job again and prints the id of the new one. */
export async function retryJob(context: CommandContext, id: string): Promise<void> {
  const client = await context.connect();
  const { job } = (await client.send('POST', route`/jobs/${id}/retry`)) as { readonly job: ApiJob };
  context.output.result(job, () => job.id);
  context.output.note(
    `Job ${job.id} does again what job ${id} did. See how it goes on: sluice jobs show ${job.id}`,
  );
}
