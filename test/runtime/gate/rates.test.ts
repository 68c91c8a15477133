import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pauses } from '../../../runtime/gate/pauses.ts';
import { pauseOf } from '../../../runtime/gate/retry-after.ts';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { until } from '../../support/wait-for.ts';

const { signal } = new AbortController();
const ENDED = new Error('The job has ended.');

describe('the turns of requests to one place', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  const rate = { limit: 2, per: 1000 };

  /** Asks for `count` turns and notes when each comes, in milliseconds from now. */
  function ask(pauses: Pauses, count: number, seen: string[], name = ''): void {
    const begin = performance.now();
    for (let index = 0; index < count; index += 1) {
      pauses.turn('p', 'a.test:443', [rate], signal).then(
        () => seen.push(`${name}${index} at ${performance.now() - begin}`),
        (error: Error) => seen.push(`${name}${index} ${error.name}`),
      );
    }
  }

  it('come as the rate says, in order', async () => {
    const pauses = new Pauses();
    const seen: string[] = [];
    ask(pauses, 5, seen);
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen).toEqual(['0 at 0', '1 at 0', '2 at 1000', '3 at 1000', '4 at 2000']);
  });

  it('are refused at once when they are more than a minute away', async () => {
    const pauses = new Pauses();
    const seen: string[] = [];
    ask(pauses, 125, seen);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.toSorted()).toEqual(['0 at 0', '1 at 0', '122 BusyError', '123 BusyError', '124 BusyError']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toHaveLength(125);
    expect(seen.at(-1)).toBe('121 at 60000');
  });

  it('wait for the end of a pause, those who wait already included', async () => {
    const pauses = new Pauses();
    const seen: string[] = [];
    ask(pauses, 3, seen);
    pauses.pause('p', 'a.test:443', 5000);
    ask(pauses, 1, seen, 'later ');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen).toEqual(['0 at 0', '1 at 0', '2 at 5000', 'later 0 at 5000']);
  });

  it('are given up when a pause is longer than a minute; the error says until when', async () => {
    const pauses = new Pauses();
    const waiting = Array.from({ length: 3 }, () => pauses.turn('p', 'a.test:443', [rate], signal));
    const last = failureOf(waiting[2] ?? Promise.resolve());
    pauses.pause('p', 'a.test:443', 7_200_000);
    const when = new Date(Date.now() + 3_600_000).toISOString();
    const sentence =
      `BusyError: Held back: a.test:443 takes no more requests of this project until ${when}. ` +
      'Send it again after that time.';
    expect(await last).toBe(sentence);
    expect(await failureOf(pauses.turn('p', 'a.test:443', [], signal))).toBe(sentence);
    await expect(pauses.turn('p', 'b.test:443', [], signal)).resolves.toBeUndefined();
    await expect(pauses.turn('q', 'a.test:443', [], signal)).resolves.toBeUndefined();
    await vi.advanceTimersByTimeAsync(3_600_000);
    await expect(pauses.turn('p', 'a.test:443', [], signal)).resolves.toBeUndefined();
  });

  it('pass to the next one when a job ends', async () => {
    const pauses = new Pauses();
    const job = new AbortController();
    const seen: string[] = [];
    ask(pauses, 2, seen);
    const given = failureOf(pauses.turn('p', 'a.test:443', [rate], job.signal));
    ask(pauses, 1, seen, 'next ');
    job.abort(ENDED);
    expect(await given).toBe('Error: The job has ended.');
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen).toEqual(['0 at 0', '1 at 0', 'next 0 at 1000']);
  });

  it('of more hosts than a project may hold back are refused', async () => {
    const pauses = new Pauses();
    for (let index = 0; index < 256; index += 1) await pauses.turn('p', `${index}.test:443`, [rate], signal);
    expect(await failureOf(pauses.turn('p', 'one-more.test:443', [rate], signal))).toMatch(
      'more than 256 hosts',
    );
    pauses.pause('p', 'one-more.test:443', 1000);
    await vi.advanceTimersByTimeAsync(1000);
    await pauses.turn('p', 'one-more.test:443', [rate], signal);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [429, '3', 3000],
    [503, ' 120 ', 120_000],
    [503, 'Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    [503, 'Wed, 31 Dec 2025 23:59:00 GMT', 0],
    [200, '3', 0],
    [302, '3', 0],
    [429, '-3', 0],
    [429, '1.5', 0],
    [429, '9'.repeat(30), 0],
    [429, 'soon', 0],
    [429, 'Xxx, 99 Yyy 2026 99:99:99 GMT', 0],
    [429, '2026-01-01T00:01:00Z', 0],
  ])('of %s "%s" is a pause of %s ms', (status, value, ms) => {
    expect(pauseOf(status, [['retry-after', value]], now)).toBe(ms);
  });

  it('holds the next request of the project back, and not those to another server', async () => {
    let asked = 0;
    await using server = await startHttpServer((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(429, { 'retry-after': '1' });
      response.end();
    });
    await using other = await startHttpServer((_request, response) => response.end());
    await using gate = openTestGate({ egress: { allow_private: [server.place, other.place] } });
    expect((await gate.fetch(server.url)).status).toBe(429);
    const held = gate.fetch(server.url);
    expect((await gate.fetch(other.url)).status).toBe(200);
    expect(asked).toBe(1);
    expect((await held).status).toBe(200);
    const [first, , second] = await gate.rows();
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('of more than a minute refuses the next request at once, with a row', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(503, { 'retry-after': '3000' }).end();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    expect((await gate.fetch(server.url)).status).toBe(503);
    expect(await failureOf(gate.fetch(server.url))).toMatch(
      /^BusyError: Held back: 127\.0\.0\.1:\d+ takes no more/,
    );
    expect(server.accepted()).toBe(1);
    expect(await gate.rows()).toMatchObject([
      { status: 503, blocked: null },
      { status: null, blocked: expect.stringMatching('Held back') },
    ]);
  });

  it('lets go of a request whose job ends, which leaves no row', async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '50' }).end();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    await gate.fetch(server.url);
    const job = new AbortController();
    const held = failureOf(gate.fetch(server.url, {}, { signal: job.signal }));
    await setImmediate();
    job.abort(ENDED);
    expect(await held).toBe('Error: The job has ended.');
    expect(await gate.rows()).toHaveLength(1);
  });
});

describe('a rate in egress.allow', () => {
  it('spreads the requests of all jobs of the project', async () => {
    const times: number[] = [];
    await using server = await startHttpServer((_request, response) => {
      times.push(performance.now());
      response.end();
    });
    await using gate = openTestGate({
      egress: {
        allow: [{ host: server.place, rate: { limit: 2, per: 300 } }],
        allow_private: [server.place],
      },
    });
    await Promise.all(
      Array.from({ length: 5 }, (_, index) => gate.fetch(server.url, {}, { jobId: `${index}` })),
    );
    await until('five answers', () => times.length === 5);
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500);
  });
});
