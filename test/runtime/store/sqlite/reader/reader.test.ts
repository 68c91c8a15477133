import type { ChildProcess } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../../runtime/app-error.ts';
import type { ReadTerms } from '../../../../../runtime/store/read-terms.ts';
import {
  createReaders,
  type Readers,
  type ReadersOptions,
} from '../../../../../runtime/store/sqlite/reader/readers.ts';
import { startRunner } from '../../../../../sandbox/supervisor/start-runner.ts';
import type { Head } from '../../../../../sandbox/wire/frames.ts';
import { isAlive } from '../../../../support/processes.ts';
import { jobRow, logWrite } from '../../../../support/rows.ts';
import { openTestStore, type TestStore } from '../../../../support/store.ts';
import { until } from '../../../../support/wait-for.ts';

const HOSTILE = new URL('../../../../support/hostile-reader.ts', import.meta.url).pathname;
const MB = 1024 ** 2;

let data: TestStore;
let readers: Readers;
let children: ChildProcess[] = [];
let reports: string[] = [];

const file = (): string => join(data.dir, 'sluice.db');

function start(options: Partial<ReadersOptions> = {}): void {
  readers = createReaders({
    spawn: () => {
      const args = ['--max-old-space-size=256', HOSTILE, file()];
      const started = startRunner({ command: process.execPath, args }, 'ignore');
      children.push(started.child);
      return started;
    },
    report: (message) => reports.push(message),
    ...options,
  });
}

beforeEach(() => {
  data = openTestStore();
  children = [];
  reports = [];
  start();
});
afterEach(async () => {
  await readers.stop();
  await data.close();
});

const ask = (verb: string, wanted?: unknown, terms: ReadTerms = {}) =>
  readers.ask(verb, [wanted, undefined], terms);

/** The `AppError` that a query is refused with. */
async function refusal(answer: Promise<unknown>): Promise<AppError> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`It was not refused: ${error}`);
}

/** A frame in hexadecimal. */
function frameOf(head: Head, parts: readonly Uint8Array[] = []): string {
  const all = [Buffer.from(JSON.stringify(head)), ...parts];
  const lengths = all.map(({ byteLength }) => byteLength);
  const size = 4 + 4 * all.length + lengths.reduce((sum, length) => sum + length, 0);
  const numbers = new Uint32Array([size, all.length, ...lengths]);
  return Buffer.concat([new Uint8Array(numbers.buffer), ...all]).toString('hex');
}

const living = () => children.filter(({ pid }) => pid !== undefined && isAlive(pid));
const queries = <Answer>(count: number, query: () => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, query));

describe('a reader', () => {
  it('is started by the first query, and kept for the next', async () => {
    expect(children).toEqual([]);
    await data.store.appendLogs([logWrite({ message: 'first' })]);
    const list = () => readers.ask('listLogs', [{}, { limit: 9 }], {});
    expect(await list()).toMatchObject({ items: [{ message: 'first' }] });
    await data.store.appendLogs([logWrite({ message: 'second', at: Date.UTC(2026, 11, 1) })]);
    expect(await list()).toMatchObject({ items: [{ message: 'second' }, { message: 'first' }] });
    expect(children).toHaveLength(1);
  });

  it('ends when there was nothing to read for a while', async () => {
    await readers.stop();
    start({ idleMs: 50 });
    await ask('hold', { ms: 0 });
    await until('it has ended', () => living().length === 0);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
    expect(children).toHaveLength(2);
  });

  it('gives frozen values', async () => {
    await data.store.appendLogs([logWrite()]);
    const page = (await readers.ask('listLogs', [{}, { limit: 9 }], {})) as { items: readonly unknown[] };
    expect([page, page.items, page.items[0]].map(Object.isFrozen)).toEqual([true, true, true]);
  });

  it('cannot write', async () => {
    await expect(ask('write')).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
  });

  it('tells what a read threw, as an AppError if it was one', async () => {
    const refused = await refusal(ask('refuse'));
    expect(refused).toMatchObject({
      code: 'teapot',
      status: 418,
      details: ['tea'],
      message: 'No coffee here.',
    });
    await expect(ask('fail')).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of range',
      code: 'E_RANGE',
    });
    await expect(ask('__proto__')).rejects.toThrow('There is no read called "__proto__".');
    expect(children).toHaveLength(1);
  });

  it('leaves signals to the server', async () => {
    await ask('hold', { ms: 0 });
    const [child] = children;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) child?.kill(signal);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
    expect(children).toHaveLength(1);
  });

  it('comes after the server when processors are short', async () => {
    await ask('hold', { ms: 0 });
    const stat = readFileSync(`/proc/${children[0]?.pid}/stat`, 'utf8');
    expect(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])).toBeGreaterThan(0);
  });

  it('ends with the store, at work or at rest', async () => {
    await ask('hold', { ms: 0 }, { caller: 'a' });
    const cut = refusal(ask('loop', undefined, { caller: 'b' }));
    const waiting = refusal(ask('loop', undefined, { caller: 'b' }));
    await until('it has begun', () => living().length > 0);
    await readers.stop();
    expect(living()).toEqual([]);
    for (const refused of [await cut, await waiting, await refusal(ask('loop'))]) {
      expect(refused).toMatchObject({ code: 'store_closed', status: 503 });
    }
  });
});

describe('a query that takes too long', () => {
  it('is ended with its process, and the next one is answered', async () => {
    const refused = await refusal(ask('loop', undefined, { timeoutMs: 300 }));
    expect(refused).toMatchObject({ code: 'query_limit', status: 422, details: { limit: 'time', ms: 300 } });
    expect(refused.message).toBe(
      'This query took longer than 0.3 s, which is its limit. Narrow it: name a project, a shorter time, or ask for fewer rows.',
    );
    expect(living()).toEqual([]);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
    expect(reports).toEqual([]);
  });

  it('leaves this thread to others', async () => {
    const refused = refusal(ask('loop', undefined, { timeoutMs: 500 }));
    let isOver = false;
    refused.then(() => {
      isOver = true;
    });
    let writes = 0;
    while (!isOver) {
      await data.store.enqueueJob(jobRow());
      writes += 1;
    }
    expect(writes).toBeGreaterThan(10);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: writes });
  });

  it('is ended also when it takes too much memory', async () => {
    await readers.stop();
    start({ memoryBytes: 256 * MB });
    const refused = await refusal(ask('memory'));
    expect(refused).toMatchObject({ code: 'query_limit', details: { limit: 'memory', bytes: 256 * MB } });
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
  });

  it('or when its heap is full', async () => {
    expect(await refusal(ask('heap'))).toMatchObject({ code: 'query_limit', details: { limit: 'memory' } });
    expect(reports).toEqual([]);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
  });

  it('or finds more than can be handed over', async () => {
    expect(await ask('bytes', { count: 20 * MB })).toMatchObject({ items: [expect.any(String)] });
    const refused = await refusal(ask('bytes', { count: 70 * MB }));
    expect(refused).toMatchObject({ code: 'query_limit', status: 422, details: { limit: 'bytes' } });
    expect(children).toHaveLength(1);
  });
});

describe('a query that nobody waits for any more', () => {
  const leaver = (): AbortController => new AbortController();

  it('is given up at once and ended, unless it ends by itself', async () => {
    await ask('hold', { ms: 0 });
    const caller = leaver();
    const refused = refusal(ask('loop', undefined, { signal: caller.signal }));
    await setImmediate();
    caller.abort();
    expect(await refused).toMatchObject({ code: 'given_up', status: 499 });
    await until('its process is ended', () => living().length === 0);
    const quick = leaver();
    await ask('hold', { ms: 0 });
    const left = refusal(ask('hold', { ms: 20 }, { signal: quick.signal }));
    await setImmediate();
    quick.abort();
    await left;
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
    expect(children).toHaveLength(2);
  });

  it('never begins when it waits for its turn', async () => {
    const first = ask('hold', { ms: 300 });
    const caller = leaver();
    const refused = refusal(ask('loop', undefined, { signal: caller.signal }));
    caller.abort();
    expect(await refused).toMatchObject({ code: 'given_up' });
    expect(await refusal(ask('loop', undefined, { signal: caller.signal }))).toMatchObject({
      code: 'given_up',
    });
    expect(await first).toEqual({ jobs: 0 });
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
    expect(children).toHaveLength(1);
  });
});

describe('a reader that is lost', () => {
  it('is replaced, and the query is asked again', async () => {
    expect(await ask('endOnce', { mark: join(data.dir, 'mark') })).toEqual({ again: true });
    expect(reports).toEqual(['A process that reads the database was lost during endOnce: it ended.']);
  });

  it('twice refuses the query, and not the next', async () => {
    expect(await refusal(ask('end'))).toMatchObject({ code: 'reader_lost', status: 500 });
    expect(children).toHaveLength(2);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
  });

  it.each([
    ['an answer to another query', frameOf(['value', 999], [serialize('of another query')])],
    ['a value that is none', frameOf(['value', 1], [Buffer.from('ffffff', 'hex')])],
    ['an error that is none', frameOf(['error', 1])],
    ['a frame that is too large to be one', 'ffffffff'],
    ['no frame', '0000000000000000'],
  ])('counts as lost when it sends %s', async (_, hex) => {
    const refused = await refusal(ask('lie', { hex }));
    expect(refused.message).toContain('it sent what is no answer');
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
  });

  it('by kill -9 in the middle of a query leaves no lock: the query is answered, and writes go on', async () => {
    await data.store.enqueueJob(jobRow());
    const answer = ask('hold', { ms: 500 });
    await until('it reads', () => children.length === 1);
    await data.store.enqueueJob(jobRow());
    children[0]?.kill('SIGKILL');
    await data.store.enqueueJob(jobRow());
    expect(await answer).toEqual({ jobs: 3 });
    expect(children).toHaveLength(2);
  });

  it('while it rests is not missed', async () => {
    await ask('hold', { ms: 0 });
    children[0]?.kill('SIGKILL');
    await until('it is gone', () => living().length === 0);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
    expect(children).toHaveLength(2);
  });

  it('that cannot be started refuses the query with the reason', async () => {
    await readers.stop();
    const command = join(data.dir, 'no-such-program');
    start({ spawn: () => startRunner({ command, args: [] }, 'ignore') });
    expect(await refusal(ask('hold', { ms: 0 }))).toMatchObject({ code: 'reader_lost' });
  });
});

describe('many queries', () => {
  it('of two callers are answered in turn', async () => {
    const order: string[] = [];
    const asked = (caller: string) => async () => {
      await ask('hold', { ms: 1 }, { caller });
      order.push(caller);
    };
    await Promise.all(['a', 'b'].map((caller) => ask('hold', { ms: 50 }, { caller })));
    await Promise.all([queries(100, asked('a')), queries(100, asked('b'))]);
    expect(order).toHaveLength(200);
    for (const caller of ['a', 'b']) {
      const half = order.slice(0, 100).filter((each) => each === caller).length;
      expect(half).toBeGreaterThan(20);
    }
    expect(children).toHaveLength(2);
  });

  it('that are slow keep the first one of another caller waiting for none', async () => {
    const cut = queries(3, () => refusal(ask('loop', undefined, { caller: 'a', timeoutMs: 700 })));
    let isOver = false;
    cut.then(() => {
      isOver = true;
    });
    expect(await ask('hold', { ms: 0 }, { caller: 'b' })).toEqual({ jobs: 0 });
    expect(isOver).toBe(false);
    await cut;
  });

  it('of one caller are refused when too many wait, those of another are not', async () => {
    const stop = new AbortController();
    const terms = { caller: 'a', signal: stop.signal };
    const waiting = queries(129, () => refusal(ask('loop', undefined, terms)));
    expect(await refusal(ask('hold', { ms: 0 }, { caller: 'a' }))).toMatchObject({
      code: 'reader_busy',
      status: 503,
    });
    expect(await ask('hold', { ms: 0 }, { caller: 'b' })).toEqual({ jobs: 0 });
    stop.abort();
    for (const refused of await waiting) expect(refused.code).toBe('given_up');
    expect(await ask('hold', { ms: 0 }, { caller: 'a' })).toEqual({ jobs: 0 });
  });
});

describe('the log of the database that is written ahead', () => {
  const walBytes = () => statSync(`${file()}-wal`).size;
  const write = () => data.store.appendLogs([logWrite({ message: 'x'.repeat(MB) })]);

  it('grows while a query reads, and is cut when the query has ended', async () => {
    const long = refusal(ask('hold', { ms: 60_000 }, { timeoutMs: 60_000 }));
    await ask('hold', { ms: 0 }, { caller: 'other' });
    await until('it reads', () => children.length === 2);
    for (let count = 0; count < 100; count += 1) await write();
    expect(walBytes()).toBeGreaterThan(90 * MB);
    await readers.stop();
    await long;
    start();
    for (let count = 0; count < 3; count += 1) await write();
    expect(walBytes()).toBeLessThan(70 * MB);
    expect(await ask('hold', { ms: 0 })).toEqual({ jobs: 0 });
  });
});
