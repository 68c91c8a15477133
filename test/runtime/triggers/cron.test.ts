import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobRow } from '../../../runtime/store/job-store.ts';
import { openSqliteStore } from '../../../runtime/store/sqlite/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { actor, refusal } from '../../support/deploys.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';
import { openTestStore } from '../../support/store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const HOURLY = '{type: cron, name: T, every: 1 hour}';
const CODE = `
  export async function handle_cron(given: any) {
    if (params.STAY === 'yes') await new Promise(() => {});
    return { given: given ?? null, trigger: trigger_name, user };
  }
  export function handle_button() {}`;

let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function open(clock: FakeClock, store?: Store): Promise<TestRuntime> {
  const works = await openTestRuntime(store === undefined ? { clock } : { clock, store });
  ends.push(() => works.close());
  return works;
}

const deploy = ({ runtime }: TestRuntime, trigger: string, stay = 'no') =>
  deployTask(runtime, {
    slug: 'timed',
    code: CODE,
    yaml: `params: [{key: STAY, value: "${stay}"}]`,
    triggers: [trigger, '{type: button, name: GO}'],
  });
const jobsOf = async ({ store }: TestRuntime): Promise<readonly JobRow[]> =>
  (await store.listJobs({ trigger: 'T' }, { limit: 100 })).items;
const linesOf = async ({ store }: TestRuntime) =>
  (await store.listLogs({ trigger: 'T' }, { limit: 100 })).items.filter(({ job }) => job === null);
const next = async ({ runtime }: TestRuntime) => (await runtime.previewCron('timed', 'T', 1))[0];
const done = (works: TestRuntime, count: number) =>
  expect
    .poll(async () => (await jobsOf(works)).filter(({ status }) => status === 'done').length, {
      timeout: 15_000,
    })
    .toBe(count);
/** Resolves when the plan has moved on to this time. */
const planned = (works: TestRuntime, at: number) =>
  expect.poll(async () => (await works.store.nextTickAt()) ?? 0, { timeout: 10_000 }).toBe(at);

describe('a cron trigger', () => {
  it('starts its first job one interval after the deploy, and the others in its rhythm', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    await deploy(works, HOURLY);
    const first = clock.now() + HOUR;
    clock.advance(HOUR - 1);
    expect(await next(works)).toBe(first);
    expect(await jobsOf(works)).toEqual([]);
    clock.advance(30 * SECOND);
    await done(works, 1);
    const [job] = await jobsOf(works);
    expect(job).toMatchObject({
      trigger_type: 'cron',
      function: 'handle_cron',
      planned_at: first,
      started_at: first + 30 * SECOND - 1,
      input: null,
    });
    expect(JSON.parse(job?.result ?? '')).toEqual({
      given: null,
      trigger: 'T',
      user: { id: null, name: 'cron T', login: null, role: null },
    });
    await planned(works, first + HOUR);
    clock.advance(first + HOUR - clock.now());
    await done(works, 2);
  });

  it('runs as the user of its manifest', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    await deploy(works, '{type: cron, name: T, every: 1 second, user: admin}');
    clock.advance(SECOND);
    await done(works, 1);
    const [job] = await jobsOf(works);
    expect(JSON.parse(job?.user ?? '')).toEqual({ id: null, name: 'admin', login: 'admin', role: null });
  });

  it('runs by its pattern in its time zone', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    await deploy(works, '{type: cron, name: T, cron: "0 3 * * *", timezone: America/New_York}');
    expect(await next(works)).toBe(Date.UTC(2026, 0, 1, 8));
  });

  it('lets a tick go while its job before is unfinished, and says so', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    await deploy(works, HOURLY, 'yes');
    const first = clock.now() + HOUR;
    clock.advance(HOUR);
    await expect.poll(async () => (await jobsOf(works))[0]?.status).toBe('running');
    await planned(works, first + HOUR);
    clock.advance(HOUR);
    await planned(works, first + 2 * HOUR);
    expect(await jobsOf(works)).toHaveLength(1);
    expect(await linesOf(works)).toMatchObject([
      {
        level: 'info',
        project: 'timed',
        task: 'Task',
        name: 'sluice',
        message: expect.stringContaining('not finished'),
      },
    ]);
  });

  it('does nothing while it, its task or its project is switched off, and does not make up for it', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    await deploy(works, HOURLY);
    const first = clock.now() + HOUR;
    await works.runtime.setTriggerActive('timed', 'T', false);
    expect(await works.store.nextTickAt()).toBeNull();
    clock.advance(5 * HOUR);
    await works.runtime.setTriggerActive('timed', 'T', true);
    await planned(works, first + 5 * HOUR);
    await works.runtime.setProjectActive('timed', false);
    expect(await works.store.nextTickAt()).toBeNull();
    expect(await next(works)).toBe(first + 5 * HOUR);
    await works.runtime.setProjectActive('timed', true);
    expect(await works.store.nextTickAt()).toBe(first + 5 * HOUR);
    expect(await jobsOf(works)).toEqual([]);
    expect(await linesOf(works)).toEqual([]);
  });

  it('keeps its next run through deploys, until its rhythm is another one', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    const begin = clock.now();
    await deploy(works, HOURLY);
    clock.advance(10 * MINUTE);
    await deploy(works, HOURLY, 'another value');
    expect(await next(works)).toBe(begin + HOUR);
    await deploy(works, '{type: cron, name: T, every: 5 minutes}');
    expect(await next(works)).toBe(begin + 15 * MINUTE);
    await deploy(works, '{type: button, name: T}');
    expect(await works.store.nextTickAt()).toBeNull();
  });

  it('takes its next run from the server rather than from a deploy', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    const set = clock.now() + 7 * HOUR;
    await deploy(works, HOURLY);
    await works.runtime.setTriggerNext('timed', 'T', set);
    expect(await next(works)).toBe(set);
    await deploy(works, '{type: cron, name: T, every: 2 hours, next: "2026-01-02T00:00:00Z"}');
    expect(await works.runtime.previewCron('timed', 'T', 2)).toEqual([set, set + 2 * HOUR]);
    clock.advance(7 * HOUR);
    await done(works, 1);
    await planned(works, set + 2 * HOUR);
    await works.runtime.setTriggerNext('timed', 'T', null);
    expect(await next(works)).toBe(Date.UTC(2026, 0, 2));
  });

  it('does not run twice when the clock is put back, and once when it is put forward', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    await deploy(works, HOURLY);
    const first = clock.now() + HOUR;
    clock.advance(HOUR);
    await done(works, 1);
    await planned(works, first + HOUR);
    clock.advance(-30 * MINUTE);
    await works.runtime.setTriggerActive('timed', 'GO', true);
    await expect.poll(() => works.reports).toEqual([expect.stringContaining('put back by 1800 s')]);
    clock.advance(30 * MINUTE + 1);
    await works.runtime.setTriggerActive('timed', 'GO', true);
    expect(await next(works)).toBe(first + HOUR);
    expect(await jobsOf(works)).toHaveLength(1);
    clock.advance(10 * HOUR);
    await done(works, 2);
    await planned(works, first + 11 * HOUR);
    expect((await jobsOf(works))[0]?.planned_at).toBe(first + HOUR);
  });

  it('is not held up by others that are due at the same time', async () => {
    const clock = new FakeClock();
    const works = await open(clock);
    const names = Array.from({ length: 450 }, (_, n) => `T${n}`);
    await deployTask(works.runtime, {
      slug: 'many',
      code: 'export function handle_cron() {}',
      triggers: names.map((name) => `{type: cron, name: ${name}, every: 1 day}`),
    });
    clock.advance(24 * HOUR);
    await planned(works, clock.now() + 24 * HOUR);
    const jobs = await works.store.listJobs({ project: 'many' }, { limit: 1000 });
    expect(new Set(jobs.items.map(({ trigger }) => trigger)).size).toBe(450);
  });
});

describe('a tick that came while the server was not there', () => {
  async function restarted(trigger: string, away: number) {
    const data = openTestStore();
    ends.push(() => data.close());
    const clock = new FakeClock();
    const begin = clock.now();
    const before = await openTestRuntime({ clock, store: data.store });
    await deploy(before, trigger);
    await before.close();
    clock.advance(away);
    const chainKey = new Uint8Array(32).fill(7);
    const store = openSqliteStore({ file: join(data.dir, 'sluice.db'), chainKey });
    return { works: await open(clock, store), clock, begin };
  }

  it('is made up for by one run, unless its trigger says otherwise', async () => {
    const { works, begin } = await restarted(HOURLY, 10.5 * HOUR);
    await done(works, 1);
    await planned(works, begin + 11 * HOUR);
    expect(await jobsOf(works)).toMatchObject([
      { planned_at: begin + HOUR, started_at: begin + 10.5 * HOUR },
    ]);
    expect(await linesOf(works)).toMatchObject([
      { level: 'warning', message: expect.stringContaining('was missed') },
    ]);
  });

  it('is let go when its trigger says so, and the log has it', async () => {
    const { works, clock, begin } = await restarted(
      '{type: cron, name: T, every: 1 hour, missed: skip}',
      10.5 * HOUR,
    );
    await planned(works, begin + 11 * HOUR);
    expect(await jobsOf(works)).toEqual([]);
    expect((await linesOf(works))[0]?.message).toContain('is skipped');
    clock.advance(HOUR / 2);
    await done(works, 1);
  });

  it('is not missed when the server is back at once', async () => {
    const { works, begin } = await restarted(
      '{type: cron, name: T, every: 1 hour, missed: skip}',
      HOUR + 20 * SECOND,
    );
    await done(works, 1);
    expect((await jobsOf(works))[0]?.planned_at).toBe(begin + HOUR);
    expect(await linesOf(works)).toEqual([]);
  });

  it('does not come before its time after a restart', async () => {
    const { works, begin } = await restarted(HOURLY, HOUR - 1);
    expect(await works.store.nextTickAt()).toBe(begin + HOUR);
    expect(await jobsOf(works)).toEqual([]);
  });
});

describe('running a cron trigger by hand', () => {
  const run = ({ runtime }: TestRuntime, data?: unknown, waitMs = 15_000) =>
    runtime.runTrigger({ slug: 'timed', name: 'T', data, waitMs, actor: actor('developer') });

  it('starts one job at once, as who asks, and leaves its next run as it is', async () => {
    const works = await open(new FakeClock());
    await deploy(works, HOURLY);
    await works.runtime.setTriggerActive('timed', 'T', false);
    const at = await next(works);
    const job = await run(works);
    expect(job).toMatchObject({ status: 'done', planned_at: null, trigger_type: 'cron' });
    expect(JSON.parse(job.user)).toMatchObject({ login: 'developer', role: 'developer' });
    expect(await next(works)).toBe(at);
  });

  it('runs as the user of the trigger when it has one', async () => {
    const works = await open(new FakeClock());
    await deploy(works, '{type: cron, name: T, every: 1 hour, user: admin}');
    expect(JSON.parse((await run(works)).user)).toMatchObject({ login: 'admin', role: null });
  });

  it('is refused while its job is unfinished, and with data', async () => {
    const works = await open(new FakeClock());
    await deploy(works, HOURLY, 'yes');
    await run(works, undefined, 0);
    expect(await refusal(run(works))).toMatchObject({ status: 409, code: 'unfinished' });
    expect(await refusal(run(works, { a: 1 }))).toMatchObject({ status: 422, code: 'invalid_data' });
  });

  it('that is none of these has no planned runs', async () => {
    const works = await open(new FakeClock());
    await deploy(works, HOURLY);
    const refused = [
      works.runtime.previewCron('timed', 'GO', 1),
      works.runtime.setTriggerNext('timed', 'GO', 1),
    ];
    for (const each of refused)
      expect(await refusal(each)).toMatchObject({ status: 409, code: 'not_a_cron' });
  });
});
