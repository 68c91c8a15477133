import { CliError, usageError } from '../cli-error.ts';
import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { type LogOptions, logQueryOf } from './logs.ts';

export interface LogExportOptions extends LogOptions {
  readonly format?: string;
}

/** Writes all lines that match to standard output as a file, the newest first. */
export async function exportLogs(context: CommandContext, options: LogExportOptions): Promise<void> {
  const { project, limit, follow, groupBy, format } = options;
  if (limit !== undefined || follow || groupBy !== undefined)
    throw usageError('An export is of all lines that match: leave --limit, --follow and --group-by out.');
  const client = await context.connect();
  // Nothing of a project may mean that its name is wrong: asking for it says so.
  if (project !== undefined) await client.get(route`/projects/${project}`);
  const { signal } = new AbortController();
  const { body } = await client.stream('/logs/export', { ...logQueryOf(options), format }, signal);
  try {
    if (body !== null) await context.output.pour(body);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const message = `The connection to ${client.url} ended before all lines were there: what was written is not whole. Run it again.`;
    throw new CliError(message, { cause });
  }
}
