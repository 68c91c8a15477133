import { CliError } from '../cli-error.ts';
import { route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { pourExport } from '../pour-export.ts';

export interface OutgoingExportOptions {
  readonly project?: string;
  readonly task?: string;
  readonly trigger?: string;
  readonly job?: string;
  readonly recipient?: string;
  readonly kind?: string;
  readonly method?: string;
  readonly blocked?: boolean;
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format?: string;
}

/** Writes all ledger rows that match to standard output as a file, the newest first. */
export async function exportOutgoing(
  { connect, output }: CommandContext,
  { blocked, ...filter }: OutgoingExportOptions,
): Promise<void> {
  const client = await connect();
  // Nothing of a project may mean that its name is wrong; but the ledger of one that is gone stays, so this only says so.
  if (filter.project !== undefined)
    await client.get(route`/projects/${filter.project}`).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.code !== 'not_found') throw error;
      output.note(`There is no project "${filter.project}" now; its rows from before are written.`);
    });
  const query = { ...filter, ...(blocked ? { blocked: 'true' } : {}) };
  await pourExport(output, client, '/outgoing/export', query, 'rows');
}
