import type { ApiJob } from '../api-shapes.ts';
import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { readJsonInput } from '../input.ts';
import { checkOutcome, howItIs } from '../job-text.ts';

export interface TriggerRunOptions {
  /** File with the handler's data; the trigger's own data unless given. */
  readonly data?: string;
  /** Seconds. */
  readonly wait: number;
}

/** Prints the job's result on stdout; its id and how it went go to stderr. Fails when the job failed. */
export async function runTrigger(
  context: CommandContext,
  slug: string,
  name: string,
  options: TriggerRunOptions,
): Promise<void> {
  const { output } = context;
  const client = await context.connect();
  const data = options.data === undefined ? {} : { data: await readJsonInput(options.data) };
  const answer = await client.send('POST', route`/projects/${slug}/triggers/${name}/run`, {
    ...data,
    wait: options.wait,
  });
  const { job } = answer as { readonly job: ApiJob };
  const took = job.duration_ms === null ? '' : ` after ${job.duration_ms} ms`;
  output.note(`Job ${job.id} ${howItIs(job.status)}${took}.`);
  if (job.finished_at === null) output.note(`See how it goes on: sluice jobs show ${job.id}`);
  if (output.json || job.finished_at !== null)
    output.result(job, () => JSON.stringify(job.result ?? null, null, 2));
  checkOutcome(job, `Job ${job.id}`);
}
