import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiLogLine } from '../../../server/cli/api-shapes.ts';
import { createClient } from '../../../server/cli/client.ts';
import { followLogs } from '../../../server/cli/follow-logs.ts';
import { listen, type TestServer } from './support.ts';

/** A server with log lines 1, 2, ...: `write` stores one and sends it to those who follow. */
let server: TestServer;
let stored: ApiLogLine[];
let following: ServerResponse[];
let printed: number[];
let stop: AbortController;
let followed: Promise<void>;

const lineOf = (id: number): ApiLogLine => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  level: 'info',
  message: `line ${id}`,
  project: 'p',
  task: null,
  trigger: null,
  job: null,
});

beforeEach(async () => {
  stored = [];
  following = [];
  printed = [];
  stop = new AbortController();
  server = await listen((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/api/v1/logs/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n');
      following.push(response);
      return;
    }
    const after = Number(url.searchParams.get('after') ?? Number.POSITIVE_INFINITY);
    const limit = Math.min(Number(url.searchParams.get('limit')), 2);
    const older = stored.filter((line) => line.id < after).toReversed();
    const items = older.slice(0, limit);
    const next = older.length > items.length ? String(items.at(-1)?.id) : null;
    response.end(JSON.stringify({ items, next }));
  });
});

afterEach(async () => {
  stop.abort();
  await followed;
  await server.stop();
});

function store(id: number): void {
  stored.push(lineOf(id));
}

function write(id: number): void {
  store(id);
  for (const response of following) response.write(`id: ${id}\ndata: ${JSON.stringify(lineOf(id))}\n\n`);
}

function follow(): void {
  const client = createClient({ url: server.url, token: null, source: '' });
  const options = {
    limit: '2',
    print: (line: ApiLogLine) => printed.push(line.id),
    note: () => {},
    signal: stop.signal,
  };
  followed = followLogs(client, {}, options);
}

const untilPrinted = (ids: readonly number[]) =>
  vi.waitFor(() => expect(printed).toEqual(ids), { timeout: 10_000 });

describe('following the log', () => {
  it('begins with the newest lines and goes on with new ones', async () => {
    [1, 2, 3].forEach(store);
    follow();
    await untilPrinted([2, 3]);
    write(4);
    await untilPrinted([2, 3, 4]);
  });

  it('fetches what was written while the connection was lost, and repeats nothing', async () => {
    store(1);
    follow();
    await untilPrinted([1]);
    for (const response of following.splice(0)) response.destroy();
    [2, 3, 4, 5, 6].forEach(store);
    await untilPrinted([1, 2, 3, 4, 5, 6]);
    write(7);
    await untilPrinted([1, 2, 3, 4, 5, 6, 7]);
  });

  it('connects again after the stream ended before any line was written', async () => {
    follow();
    await vi.waitFor(() => expect(following).toHaveLength(1));
    following.pop()?.end();
    await vi.waitFor(() => expect(following).toHaveLength(1), { timeout: 10_000 });
    write(1);
    await untilPrinted([1]);
  });

  it('fails when the first connection does', async () => {
    const client = createClient({ url: 'http://127.0.0.1:1', token: null, source: '' });
    const options = { limit: '2', print: () => {}, note: () => {}, signal: stop.signal };
    followed = Promise.resolve();
    await expect(followLogs(client, {}, options)).rejects.toThrow('cannot be reached');
  });
});
