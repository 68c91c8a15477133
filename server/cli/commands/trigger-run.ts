import type { ApiJob } from '../api-shapes.ts';
import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { readJsonInput } from '../input.ts';
import { tellRun } from '../tell-run.ts';

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
  const client = await context.connect();
  const data = options.data === undefined ? {} : { data: await readJsonInput(options.data) };
  const answer = await client.send('POST', route`/projects/${slug}/triggers/${name}/run`, {
    ...data,
    wait: options.wait,
  });
  tellRun(context.output, (answer as { readonly job: ApiJob }).job);
}
