import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProc } from '../../sandbox/proc.ts';
import { answeredUntil } from '../support/answered-until.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { logWrite } from '../support/rows.ts';
import { until } from '../support/wait-for.ts';

const MB = 1024 ** 2;
const LINES = 150;

let instance: Instance;
let hook: string;

beforeAll(async () => {
  instance = await startInstance({ flags: { query_timeout: '1' } });
  hook = (await instance.deploy('echo', ECHO_FILES)).IN ?? '';
  for (let count = 0; count < LINES; count += 1) {
    await instance.runtime.store.appendLogs([logWrite({ project: 'flood', message: 'a'.repeat(MB) })]);
  }
});
afterAll(() => instance.stop());

interface Refusal {
  readonly error: { readonly code: string; readonly details: unknown };
}

/** A text that each of a megabyte's places almost begins. */
const SEARCH = `/logs?project=flood&q=${'a'.repeat(999)}b`;

const readers = () =>
  descendants(process.pid).filter(({ command }) => command.some((word) => word.endsWith('/reader-child.ts')));

/** Processor time that a process has had of its own; 0 when it is gone. */
function ticksOf(pid: number): number {
  const stat = readProc(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11] ?? 0);
}

describe('a search that takes longer than it may', () => {
  it('keeps nobody waiting, and is refused with what to do', async () => {
    const search = instance.call<Refusal>('GET', SEARCH);
    expect(await answeredUntil(instance, hook, search)).toBeGreaterThan(5);
    const { status, body } = await search;
    expect(status).toBe(422);
    expect(body.error).toMatchObject({ code: 'query_limit', details: { limit: 'time', ms: 1000 } });
  });

  it('leaves the next one to be answered', async () => {
    const { status, body } = await instance.call<{ items: unknown[] }>('GET', '/jobs?project=echo&limit=1');
    expect([status, body.items]).toEqual([200, [expect.objectContaining({ project: 'echo' })]]);
    expect((await instance.call('GET', '/logs?project=echo')).status).toBe(200);
  });

  it('of one caller leaves those of others alone', async () => {
    const other = await instance.tokenFor('user');
    const search = instance.call('GET', SEARCH);
    expect((await instance.call('GET', '/jobs', undefined, other)).status).toBe(200);
    expect((await search).status).toBe(422);
  });

  it('is ended when its caller has gone', async () => {
    await instance.call('GET', '/jobs');
    const before = readers().map(({ pid }) => ({ pid, ticks: ticksOf(pid) }));
    const caller = new AbortController();
    const headers = { authorization: `Bearer ${instance.token}` };
    const search = fetch(`${instance.url}/api/v1${SEARCH}`, { headers, signal: caller.signal });
    const gone = expect(search).rejects.toThrow('aborted');
    await until('it runs', () => before.some(({ pid, ticks }) => ticksOf(pid) > ticks + 5));
    caller.abort();
    await gone;
    await until('its process is gone', () => before.some(({ pid }) => !isAlive(pid)));
    expect((await instance.call('GET', '/jobs')).status).toBe(200);
    expect(instance.log.filter((line) => line.includes(' error '))).toEqual([]);
  });
});

describe('an instance with readers', () => {
  it('answers when one was killed, and leaves none behind', async () => {
    const own = await startInstance();
    const before = new Set(readers().map(({ pid }) => pid));
    await own.call('GET', '/logs');
    const ofOwn = () => readers().filter(({ pid }) => !before.has(pid));
    expect(ofOwn().length).toBeGreaterThan(0);
    for (const { pid } of ofOwn()) process.kill(pid, 'SIGKILL');
    expect((await own.call('GET', '/logs')).status).toBe(200);
    const left = ofOwn();
    await own.stop();
    await until('they are gone', () => !left.some(({ pid }) => isAlive(pid)));
  });
});
