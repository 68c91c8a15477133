import type { ApiLogLine, ApiPage } from './api-shapes.ts';
import type { ApiClient, Query } from './client.ts';

/** As many as the server gives at once. */
const PAGE = '1000';

/** All lines that match and are newer than the one with the id `since`, page by page; the oldest first. */
export async function everyLine(client: ApiClient, query: Query, since = 0): Promise<readonly ApiLogLine[]> {
  const lines: ApiLogLine[] = [];
  let after: string | undefined;
  do {
    const page = (await client.get('/logs', { ...query, limit: PAGE, after })) as ApiPage<ApiLogLine>;
    const newer = page.items.filter((line) => line.id > since);
    lines.push(...newer);
    after = newer.length === page.items.length ? (page.next ?? undefined) : undefined;
  } while (after !== undefined);
  return lines.toReversed();
}
