import type { ApiLogGroup, ApiLogLine, ApiPage } from '../api-shapes.ts';
import { usageError } from '../cli-error.ts';
import { type Query, route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { followLogs } from '../follow-logs.ts';
import { formatLogLine } from '../log-text.ts';
import { table } from '../output.ts';
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
  readonly status?: string;
  readonly q?: string;
  readonly groupBy?: string;
  readonly limit?: string;
  readonly follow?: boolean;
}

/** The filters as the API takes them. */
export function logQueryOf(options: LogOptions): Query {
  const { project, task, trigger, job, level, minLevel, status, from, to, q } = options;
  return { project, task, trigger, job, level, min_level: minLevel, status, from, to, q };
}

/** The newest lines that match, oldest of them first; with `follow` goes on until it is stopped. For programs: one JSON value per line. */
export async function showLogs(context: CommandContext, options: LogOptions): Promise<void> {
  if (options.groupBy !== undefined) return showGroups(context, options);
  const { output } = context;
  const client = await context.connect();
  const { project, job, limit = '50' } = options;
  const query = logQueryOf(options);
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

/** How many lines of each kind match, as a table or, for programs, as the API gives them. */
async function showGroups(context: CommandContext, options: LogOptions): Promise<void> {
  const { output } = context;
  const { project, groupBy, limit, follow } = options;
  if (follow)
    throw usageError('Lines that are still to come cannot be grouped: leave --follow or --group-by out.');
  const client = await context.connect();
  const query = { ...logQueryOf(options), group_by: groupBy, limit };
  const answer = (await client.get('/logs', query)) as { readonly groups: readonly ApiLogGroup[] };
  const { groups } = answer;
  if (groups.length === 0 && project !== undefined) await client.get(route`/projects/${project}`);
  output.result(answer, () =>
    table(
      [String(groupBy).toUpperCase(), 'LINES', 'FIRST', 'LAST'],
      groups.map(({ key, count, first_at, last_at }) => [key ?? '(none)', count, first_at, last_at]),
    ),
  );
  if (groups.length === 0) output.note('No line matches.');
}
