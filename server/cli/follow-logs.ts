import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiLogLine, ApiPage } from './api-shapes.ts';
import { type ApiClient, type Query, Unavailable } from './client.ts';
import { readEvents } from './event-stream.ts';
import { everyLine } from './every-line.ts';

export interface FollowOptions {
  /** How many earlier lines to begin with. */
  readonly limit: string;
  readonly print: (line: ApiLogLine) => void;
  readonly note: (text: string) => void;
  /** Ends following. */
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Prints lines as they come and connects again whenever the stream ends. No line is lost or printed twice: the stream
 * is opened first, then what was written before is read back to the last printed line, and a line that shows up in both
 * is told by its id, which grows. A first connection that fails is an error.
 */
export async function followLogs(client: ApiClient, query: Query, options: FollowOptions): Promise<void> {
  const { print, note, signal } = options;
  let lastId: number | null = null;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      for await (const line of connect(client, query, lastId, options)) {
        pause = FIRST_PAUSE_MS;
        if (line === 'connected') lastId ??= 0;
        else if (lastId === null || line.id > lastId) {
          lastId = line.id;
          print(line);
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (lastId === null || !isInterruption(error)) throw error;
    }
    note(`The connection to ${client.url} ended; connecting again.`);
    await sleep(pause, undefined, { signal }).catch(() => {});
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** The lines after `since` (or the newest `limit` ones), then new ones until the connection ends. */
async function* connect(
  client: ApiClient,
  query: Query,
  since: number | null,
  { limit, signal }: FollowOptions,
): AsyncGenerator<ApiLogLine | 'connected'> {
  const { body } = await client.stream('/logs/stream', query, signal);
  if (body === null) return;
  try {
    yield* since === null ? await newest(client, query, limit) : await everyLine(client, query, since);
    yield 'connected';
    for await (const event of readEvents(body)) yield JSON.parse(event.data);
  } finally {
    await body.cancel().catch(() => {});
  }
}

async function newest(client: ApiClient, query: Query, limit: string): Promise<readonly ApiLogLine[]> {
  const page = (await client.get('/logs', { ...query, limit })) as ApiPage<ApiLogLine>;
  return page.items.toReversed();
}

/** The network or the server went away, which passes; `fetch` says it with a TypeError when it happens in mid-stream. */
const isInterruption = (error: unknown): boolean =>
  error instanceof Unavailable || (error instanceof TypeError && error.message === 'terminated');
