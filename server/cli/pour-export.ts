import { CliError } from './cli-error.ts';
import type { ApiClient, Query } from './client.ts';
import type { Output } from './output.ts';

/** Writes an export to standard output as it comes. `what` names its rows. Throws a `CliError` when it ends too early. */
export async function pourExport(
  output: Output,
  client: ApiClient,
  route: string,
  query: Query,
  what: string,
): Promise<void> {
  const { body } = await client.stream(route, query, new AbortController().signal);
  try {
    if (body !== null) await output.pour(body);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const message = `The connection to ${client.url} ended before all ${what} were there: what was written is not whole. Run it again.`;
    throw new CliError(message, { cause });
  }
}
