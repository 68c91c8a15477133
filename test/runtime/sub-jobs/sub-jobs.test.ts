import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { actor } from '../../support/deploys.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  callHook,
  clickButton,
  deployTask,
  newestJob,
  openTestRuntime,
  type TestRuntime,
} from '../../support/runtime.ts';

const BUTTON = '{type: button, name: GO}';
const HOOK = '{type: webhook, name: HOOK}';

let works: TestRuntime;
let last = 0;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

interface Project {
  readonly task?: string;
  readonly yaml?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** A project whose button runs this body; `rest` are the other functions of its task. */
async function project(body: string, rest: string, more: Project = {}, on = works): Promise<string> {
  last += 1;
  const slug = `project-${last}`;
  const code = `export async function handle_button(data: any) { ${body} }\n${rest}`;
  await deployTask(on.runtime, { slug, code, triggers: [BUTTON], ...more });
  return slug;
}

const jobOf = async (id: string, { store } = works) => {
  const job = await store.getJob(id);
  if (job === undefined) throw new Error(`Job ${id} is gone.`);
  return job;
};
const errorOf = ({ error }: JobRow) => JSON.parse(error ?? 'null');

/** Clicks and waits until all that was added, and what that added, has ended. */
async function tree(slug: string, data: unknown = null): Promise<{ parent: JobRow; all: readonly JobRow[] }> {
  const { id } = await clickButton(works.runtime, slug, 'GO', data);
  const list = async () =>
    (await works.store.listJobs({ project: slug }, { limit: 1000 })).items.toReversed();
  await expect
    .poll(async () => (await list()).every((job) => job.finished_at !== null), { timeout: 30_000 })
    .toBe(true);
  return { parent: await jobOf(id), all: (await list()).filter((job) => job.id !== id) };
}

describe('sub-jobs', () => {
  it('run functions of the task with their arguments, as whoever started the first job', async () => {
    const body =
      'await add_job(greet, { description: "the first" })("Ada", { n: [1] }); await add_job("greet")();';
    const rest = 'const greet = async (...args: any[]) => [user.name, job.trigger, args];';
    const { parent, all } = await tree(await project(body, rest));
    expect(parent).toMatchObject({ status: 'done', overall: 'done' });
    expect((await jobOf(parent.id)).children).toEqual(all.map(({ id }) => id));
    expect(all).toMatchObject([
      {
        function: 'greet',
        trigger: 'GO',
        parent_id: parent.id,
        depth: 1,
        description: 'the first',
        status: 'done',
      },
      {
        function: 'greet',
        parent_id: parent.id,
        description: null,
        priority: 10,
        max_attempts: 5,
        input: '[]',
      },
    ]);
    const name = JSON.parse(parent.user).name;
    expect(all.map(({ result }) => JSON.parse(result ?? ''))).toEqual([
      [name, 'GO', ['Ada', { n: [1] }]],
      [name, 'GO', []],
    ]);
    expect(all[0]?.input).toBe('["Ada",{"n":[1]}]');
  });

  it('get plain data as it was: dates, maps, bytes and undefined', async () => {
    const body =
      'await add_job(see)(new Date(5), new Map([["a", 1]]), new Uint8Array([255, 0]), undefined, NaN);';
    const rest = `function see(date: any, map: any, bytes: any, nothing: any, nan: any) {
      return [date.getTime(), map.get("a"), bytes[0], nothing === undefined, Number.isNaN(nan)];
    }`;
    const { all } = await tree(await project(body, rest));
    expect(JSON.parse(all[0]?.result ?? '')).toEqual([5, 1, 255, true, true]);
  });

  it('may add sub-jobs, be handlers, and be added while the code of the task runs', async () => {
    const body = 'if (data === "again") return "as a sub-job"; await add_job(step)(2);';
    const rest = `
      async function step(n: number) { if (n > 0) await add_job(step)(n - 1); return n; }
      await add_job(once, { identity_key: 'once' })();
      function once() { return job.trigger; }
      async function more() { await add_job(handle_button)('again'); }
    `;
    const slug = await project(body, rest);
    const { all } = await tree(slug);
    const steps = all.filter((job) => job.function === 'step');
    expect(steps.map(({ depth, result }) => [depth, result])).toEqual([
      [1, '2'],
      [2, '1'],
      [3, '0'],
    ]);
    expect(all.some((job) => job.function === 'once')).toBe(true);
  });

  it('are added by Protected Code by name', async () => {
    const files = {
      'protected.ts':
        'export async function plan(n: number) { for (let i = 0; i < n; i += 1) await add_job("work")(i); }',
    };
    const { all } = await tree(await project('await plan(3);', 'const work = (n: number) => n;', { files }));
    expect(all.map(({ result }) => result)).toEqual(['0', '1', '2']);
  });

  it('of a webhook are queued with its answer, and retried though webhooks are not', async () => {
    const clock = new FakeClock();
    const own = await openTestRuntime({ clock });
    try {
      const code = `
        export async function handle_webhook() { await add_job(later)(); return 'accepted'; }
        function later() { if (job.attempt === 1) throw new RetryableJobError('busy'); return job.attempt; }
      `;
      await deployTask(own.runtime, { slug: 'hooked', code, triggers: [HOOK] });
      expect(await callHook(own.runtime, 'hooked', 'HOOK')).toMatchObject({ status: 200, body: 'accepted' });
      const child = await newestJob(own.store, 'hooked');
      expect(child).toMatchObject({ function: 'later', trigger_type: 'webhook' });
      await expect.poll(async () => (await jobOf(child.id, own)).run_at).toBeGreaterThan(clock.now());
      clock.advance(5 * 60_000);
      await expect.poll(async () => (await jobOf(child.id, own)).status).toBe('done');
      expect((await jobOf(child.id, own)).result).toBe('2');
    } finally {
      await own.close();
    }
  });

  it('do not exist when the attempt that added them fails, and once when its retry succeeds', async () => {
    const clock = new FakeClock();
    const own = await openTestRuntime({ clock });
    try {
      const body =
        'await add_job(work)(job.attempt); if (job.attempt === 1) throw new RetryableJobError("no");';
      const slug = await project(body, 'const work = (n: number) => n;', {}, own);
      const { id, status } = await clickButton(own.runtime, slug, 'GO');
      expect(status).toBe('queued');
      expect((await jobOf(id, own)).children).toEqual([]);
      clock.advance(5 * 60_000);
      await expect.poll(async () => (await jobOf(id, own)).status).toBe('done');
      const { children } = await jobOf(id, own);
      expect(children).toHaveLength(1);
      expect((await jobOf(children[0] ?? '', own)).input).toBe('[2]');
    } finally {
      await own.close();
    }
  });

  it("that end badly make their parents' overall worse, not their status", async () => {
    const rest =
      'async function outer() { await add_job(inner)(); } function inner() { throw new Error("no"); }';
    const { parent, all } = await tree(await project('await add_job(outer)();', rest));
    expect(parent).toMatchObject({ status: 'done', overall: 'failed' });
    expect(all).toMatchObject([
      { function: 'outer', status: 'done', overall: 'failed' },
      { function: 'inner', status: 'failed', overall: 'failed' },
    ]);
  });

  it('begin with the lowest priority number, and not before their time', async () => {
    const clock = new FakeClock();
    const own = await openTestRuntime({ clock });
    try {
      const body = `
        await add_job(work, { eta: 3600 })("in an hour");
        await add_job(work, { eta: new Date(0), priority: 20 })("last");
        await add_job(work)("second");
        await add_job(work, { priority: 0 })("first");
      `;
      const task = '    limits: {concurrency: 1}';
      const slug = await project(body, 'const work = (what: string) => what;', { task }, own);
      const { id } = await clickButton(own.runtime, slug, 'GO');
      const all = async () => Promise.all((await jobOf(id, own)).children.map((child) => jobOf(child, own)));
      await expect
        .poll(async () => (await all()).map(({ status }) => status))
        .toEqual(['queued', 'done', 'done', 'done']);
      const [later] = await all();
      expect(Math.abs((later?.run_at ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
      expect(later?.planned_at).toBe(later?.run_at);
    } finally {
      await own.close();
    }
  });

  it('with the identity key of one that has not ended are left out', async () => {
    const body = 'for (const n of [1, 2, 3]) await add_job(work, { identity_key: "K" })(n);';
    const { all } = await tree(await project(body, 'const work = (n: number) => n;'));
    expect(all.map(({ input }) => input)).toEqual(['[1]']);
  });

  it('run beside each other up to the concurrency of their task', async () => {
    const body = 'for (let n = 0; n < 6; n += 1) await add_job(wait)();';
    const rest = 'const wait = () => new Promise((resolve) => setTimeout(resolve, 150));';
    const { all } = await tree(await project(body, rest, { task: '    limits: {concurrency: 3}' }));
    const busy = all.map(
      ({ started_at: at }) =>
        all.filter(
          (other) => Number(other.started_at) <= Number(at) && Number(at) < Number(other.finished_at),
        ).length,
    );
    expect(all).toHaveLength(6);
    expect(Math.max(...busy)).toBe(3);
  });

  it('are retried by hand with the same arguments, also those that JSON cannot say', async () => {
    const body = 'await add_job(work)(new Date(7), undefined);';
    const rest =
      'function work(date: any, nothing: any) { throw new Error(date.getTime() + " " + nothing); }';
    const { parent, all } = await tree(await project(body, rest));
    const again = await works.runtime.retryJob(all[0]?.id ?? '', actor('developer'));
    expect(again).toMatchObject({ function: 'work', parent_id: parent.id, depth: 1 });
    await expect.poll(async () => (await jobOf(again.id)).status).toBe('failed');
    expect(errorOf(await jobOf(again.id)).message).toBe('7 undefined');
  });
});

describe('add_job refuses', () => {
  it.each([
    [
      'a name that the task does not have',
      'add_job("nothing")()',
      'TypeError: add_job takes a function of tasks/t.ts, or its name, and "nothing" is none. There are handle_button, work.',
    ],
    [
      'a function from elsewhere',
      'add_job(() => 1)()',
      'TypeError: add_job takes a function that is declared at the top level',
    ],
    ['nothing', '(add_job as any)()()', 'TypeError: add_job takes a function of tasks/t.ts'],
    ['an unknown option', 'add_job(work, { prio: 1 } as any)()', 'TypeError: add_job has no option "prio".'],
    [
      'arguments that are no plain data',
      'add_job(work)((() => 1) as any)',
      'TypeError: arguments[2][0] is a function',
    ],
    [
      'arguments that are too large',
      'add_job(work)("x".repeat(1_100_000) as any)',
      'RangeError: The arguments of a sub-job come to at most 1 MB.',
    ],
  ])('%s', async (_what, call, message) => {
    const body = `try { await ${call}; } catch (error: any) { return error.name + ": " + error.message; }`;
    const { parent, all } = await tree(await project(body, 'function work(n?: any) { return n; }'));
    expect(all).toEqual([]);
    expect(JSON.parse(parent.result ?? '')).toContain(message);
  });
});

describe('a job that adds too many sub-jobs', () => {
  it('ends at the limit, and none of them exists', async () => {
    const body = 'for (let n = 0; n < 1001; n += 1) await add_job(work)(n).catch(() => {});';
    const { parent, all } = await tree(await project(body, 'const work = (n: number) => n;'));
    expect(parent).toMatchObject({ status: 'limit_exceeded' });
    expect(errorOf(parent)).toMatchObject({
      limit: 'sub_jobs',
      message: 'A job adds at most 1000 sub-jobs. Give each more to do, or let sub-jobs add theirs.',
    });
    expect(all).toEqual([]);
  });

  it('in arguments ends at the limit', async () => {
    const body = 'for (let n = 0; n < 9; n += 1) await add_job(work)("x".repeat(1_000_000));';
    const { parent, all } = await tree(await project(body, 'const work = (text: string) => text.length;'));
    expect(errorOf(parent)).toMatchObject({
      limit: 'sub_jobs',
      message: expect.stringContaining('at most 8 MB'),
    });
    expect(all).toEqual([]);
  });

  it('one in the other ends at the last level', async () => {
    const rest = 'async function again(n: number) { await add_job(again)(n + 1); }';
    const { parent, all } = await tree(await project('await add_job(again)(1);', rest));
    expect(all).toHaveLength(100);
    expect(parent).toMatchObject({ status: 'done', overall: 'limit_exceeded' });
    const end = all.at(-1);
    expect(end).toMatchObject({ status: 'limit_exceeded', depth: 100 });
    expect(end && errorOf(end)).toMatchObject({
      limit: 'sub_jobs',
      message: expect.stringContaining('100 levels deep'),
    });
  }, 60_000);
});
