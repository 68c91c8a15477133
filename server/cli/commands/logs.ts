import type { ApiLogLine, ApiPage } from '../api-shapes.ts';
import { type Query, route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { followLogs } from '../follow-logs.ts';
import { formatLogLine } from '../log-text.ts';
import { printable } from '../printable.ts';

export interface LogOptions {
  readonly project?: string;
  readonly task?: string;
  readonly trigger?: string;
  readonly job?: string;
  readonly level?: string;
  readonly minLevel?: string;
  readonly from?: string;
  readonly to?: string;
  readonly q?: string;
  readonly limit?: string;
  readonly follow?: boolean;
}

/** The newest lines that match, oldest of them first; with `follow` goes on until it is stopped. For programs: one JSON value per line. */
export async function showLogs(context: CommandContext, options: LogOptions): Promise<void> {
  const { output } = context;
  const client = await context.connect();
  const { project, task, trigger, job, level, from, to, q, limit = '50' } = options;
  const query: Query = { project, task, trigger, job, level, min_level: options.minLevel, from, to, q };
  const print = (line: ApiLogLine): void => output.result(line, () => formatLogLine(line, output));
  if (options.follow) {
    const { signal } = new AbortController();
    return followLogs(client, query, { limit, print, note: output.note, signal });
  }
  const page = (await client.get('/logs', { ...query, limit })) as ApiPage<ApiLogLine>;
  page.items.toReversed().forEach(print);
  if (job !== undefined && page.next !== null)
    output.note(`There are earlier lines of this job. See all: sluice jobs show ${printable(job)}`);
  if (page.items.length > 0) return;
  // Nothing of a project may mean that its name is wrong: asking for it says so.
  if (project !== undefined) await client.get(route`/projects/${project}`);
  output.note('No line matches.');
}
