import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents, type StreamEvent } from '../../server/cli/event-stream.ts';
import { refusesStrangers } from '../support/access.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { until } from '../support/wait-for.ts';

interface Line {
  readonly id: number;
  readonly message: string;
  readonly level: string;
}

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('echo', ECHO_FILES);
});
afterAll(() => instance.stop());

const press = (n: unknown) =>
  instance.call('POST', '/projects/echo/triggers/GO/run', { data: { n }, wait: 20 });

async function open(query: string, lastId?: number) {
  const controller = new AbortController();
  const response = await fetch(`${instance.url}/api/v1/logs/stream${query}`, {
    headers: {
      authorization: `Bearer ${instance.token}`,
      ...(lastId === undefined ? {} : { 'last-event-id': String(lastId) }),
    },
    signal: controller.signal,
  });
  if (response.body === null) throw new Error('The stream has no body.');
  const events = readEvents(response.body);
  return { response, events, close: () => controller.abort() };
}

async function next(events: AsyncGenerator<StreamEvent>): Promise<Line & { eventId: string }> {
  const { value } = await events.next();
  if (value === undefined) throw new Error('The stream ended.');
  return { ...JSON.parse(value.data), eventId: value.id };
}

describe('logs', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/logs', 'user'],
      ['GET', '/logs/stream', 'user'],
    ],
  );

  it('are listed newest first, with where they come from', async () => {
    await press(1);
    const { body } = await instance.call<{ items: readonly Line[] }>('GET', '/logs?project=echo&q=PRESSED');
    expect(body.items[0]).toMatchObject({
      id: expect.any(Number),
      at: expect.stringMatching(/Z$/),
      level: 'info',
      message: 'pressed with {"n":1}',
      project: 'echo',
      task: 'Echo',
      trigger: 'GO',
      job: expect.any(String),
      name: 'task',
    });
  });

  it.each([
    ['level=info', true],
    ['level=error', false],
    ['min_level=info', true],
    ['min_level=error', false],
    ['q=nowhere', false],
    ['task=Echo&trigger=GO', true],
    ['project=other', false],
  ])('are filtered by %s', async (query, some) => {
    await press(1);
    const { body } = await instance.call<{ items: readonly Line[] }>('GET', `/logs?${query}`);
    expect(body.items.length > 0).toBe(some);
  });

  it('are filtered by what became of their job', async () => {
    await press(1);
    const { body } = await instance.call<{ items: readonly Line[] }>('GET', '/logs?status=done');
    expect(body.items.map(({ message }) => message)).toContain('pressed with {"n":1}');
    expect((await instance.call('GET', '/logs?status=failed')).body).toEqual({ items: [], next: null });
  });

  it.each([
    ['project', 'echo'],
    ['task', 'Echo'],
    ['trigger', 'GO'],
    ['level', 'info'],
    ['status', 'done'],
    ['job', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['day', expect.stringMatching(/^\d{4}-\d\d-\d\d$/)],
    ['hour', expect.stringMatching(/^[0-9T-]{13}:00:00\.000Z$/)],
  ])('are grouped by %s', async (by, key) => {
    await press(1);
    const { status, body } = await instance.call('GET', `/logs?project=echo&q=pressed&group_by=${by}`);
    const time = expect.stringMatching(/Z$/);
    const group = { key, count: expect.any(Number), first_at: time, last_at: time };
    expect({ status, body }).toEqual({ status: 200, body: { groups: expect.arrayContaining([group]) } });
  });

  it.each([
    ['/logs?group_by=name', '"group_by": it takes one of project, task'],
    ['/logs?group_by=task&limit=5&after=1.1', '"limit": it does not go with "group_by"'],
    ['/logs?group_by=task&after=1.1', '"after": it does not go with "group_by"'],
    ['/logs?status=finished', '"status": it takes one of queued'],
    ['/logs?limit=1001', '"limit": it takes a whole number from 1 to 1000'],
    ['/logs/stream?status=done', '"status": lines come before their job has ended'],
  ])('refuse %s and say why', async (route, reason) => {
    const { status, body } = await instance.call<{ error: { message: string } }>('GET', route);
    expect(status).toBe(400);
    expect(body.error.message).toContain(reason);
  });

  it('are streamed as they are written', async () => {
    const { response, events, close } = await open('?project=echo&q=pressed');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await press('first');
    await press('second');
    const first = await next(events);
    expect(first).toMatchObject({ message: 'pressed with {"n":"first"}', project: 'echo' });
    expect(first.eventId).toBe(String(first.id));
    expect((await next(events)).message).toContain('second');
    close();
  });

  it.each([
    ['WANTED', 'wanted'],
    ['STRASSE', 'straße'],
  ])('are streamed by the same filters: %s finds %s', async (q, text) => {
    const { events, close } = await open(`?q=${q}`);
    await press('other');
    await press(text);
    expect((await next(events)).message).toContain(text);
    close();
  });

  it('start with the lines missed since the last one seen', async () => {
    await press('seen');
    const { body } = await instance.call<{ items: readonly Line[] }>('GET', '/logs?q=pressed&limit=1');
    const seen = body.items[0]?.id ?? 0;
    await press('missed');
    const { events, close } = await open('?q=pressed', seen);
    expect((await next(events)).message).toContain('missed');
    await press('new');
    expect((await next(events)).message).toContain('new');
    close();
  });

  it('are streamed to one token 32 times at once, and again when one of these has gone', async () => {
    const { body: made } = await instance.call<{ token: string }>('POST', '/tokens', {
      name: 'collector',
      role: 'user',
    });
    const stream = async () => {
      const controller = new AbortController();
      const response = await fetch(`${instance.url}/api/v1/logs/stream`, {
        headers: { authorization: `Bearer ${made.token}` },
        signal: controller.signal,
      });
      return { status: response.status, close: () => controller.abort() };
    };
    const streams = await Promise.all(Array.from({ length: 32 }, stream));
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    expect((await stream()).status).toBe(503);
    streams.pop()?.close();
    await until('there is room again', async () => {
      const another = await stream();
      streams.push(another);
      return another.status === 200;
    });
    for (const { close } of streams) close();
  });

  it('are not streamed any more to a token that was deleted', async () => {
    const { body: made } = await instance.call<{ id: string; token: string }>('POST', '/tokens', {
      name: 'reader',
      role: 'user',
    });
    const response = await fetch(`${instance.url}/api/v1/logs/stream`, {
      headers: { authorization: `Bearer ${made.token}` },
    });
    await instance.call('DELETE', `/tokens/${made.id}`);
    await press('after');
    expect(await response.text()).not.toContain('after');
  });
});

describe('a stopping server', () => {
  it('ends open streams', async () => {
    const other = await startInstance();
    const response = await fetch(`${other.url}/api/v1/logs/stream`, {
      headers: { authorization: `Bearer ${other.token}` },
    });
    await other.stop();
    expect(await response.text()).toMatch(/^: open/);
  });
});
