import { usageError } from '../cli-error.ts';
import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { pourExport } from '../pour-export.ts';
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
  await pourExport(context.output, client, '/logs/export', { ...logQueryOf(options), format }, 'lines');
}
