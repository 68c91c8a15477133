import { afterEach, describe, expect, it, vi } from 'vitest';
import { actor } from '../support/deploys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { clickButton, deployTask, linesOf, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

const BUTTON = '{type: button, name: GO}';

const MINUTE = 60_000;
const never = 'await new Promise(() => {});';
const button = (body: string) => `export async function handle_button(data: any) { ${body} }`;

const opened: TestRuntime[] = [];
async function open(options = {}): Promise<TestRuntime> {
  const works = await openTestRuntime(options);
  opened.push(works);
  return works;
}
afterEach(async () => {
  for (const works of opened.splice(0)) await works.close();
});

const queue = ({ runtime }: TestRuntime, data: unknown = null) =>
  runtime.runTrigger({ slug: 'queued', name: 'GO', data, waitMs: 0, actor: actor('manager') });
const statusOf = async ({ store }: TestRuntime, id: string) => (await store.getJob(id))?.status;

describe('queued jobs', () => {
  it('fail when what came out of their process cannot be read', async () => {
    const works = await open();
    await deployTask(works.runtime, { slug: 'queued', code: button('return 1;'), triggers: [BUTTON] });
    const lie = { status: 'done', result: { text: '{"$":["m",1]}', tails: [] }, cpuMs: 1 } as const;
    vi.spyOn(works.sandbox, 'run').mockReturnValueOnce({ outcome: Promise.resolve(lie), cancel() {} });
    const job = await clickButton(works.runtime, 'queued', 'GO');
    expect(job).toMatchObject({ status: 'failed', result: null });
    expect(JSON.parse(job.error ?? '')).toMatchObject({ name: 'ResultRefused' });
  });

  it('run beside each other up to the concurrency of their task', async () => {
    const works = await open();
    await deployTask(works.runtime, {
      slug: 'queued',
      code: button('await new Promise((resolve) => setTimeout(resolve, 150));'),
      task: '    limits: {concurrency: 2}',
      triggers: [BUTTON],
    });
    const ids = (await Promise.all(Array.from({ length: 6 }, () => queue(works)))).map(({ id }) => id);
    await expect
      .poll(async () => new Set(await Promise.all(ids.map((id) => statusOf(works, id)))), { timeout: 10_000 })
      .toEqual(new Set(['done']));
    const jobs = await Promise.all(ids.map((id) => works.store.getJob(id)));
    const busy = jobs.map((job) => {
      const at = job?.started_at ?? 0;
      return jobs.filter((other) => (other?.started_at ?? 0) <= at && at < (other?.finished_at ?? 0)).length;
    });
    expect(Math.max(...busy)).toBe(2);
  });

  it('do not keep a task that is full from letting others pass', async () => {
    const works = await open();
    const code = button(`if (data === "stay") ${never} return "passed";`);
    await deployTask(works.runtime, {
      slug: 'queued',
      code,
      task: '    limits: {concurrency: 1}',
      triggers: [BUTTON],
    });
    await deployTask(works.runtime, { slug: 'other', code, triggers: [BUTTON] });
    await queue(works, 'stay');
    await queue(works, 'stay');
    expect((await clickButton(works.runtime, 'other', 'GO')).result).toBe('"passed"');
  });

  it('of a project with hundreds leave places to the next project', async () => {
    const works = await open();
    const code = button(`if (data === "stay") ${never} return "passed";`);
    const task = '    limits: {concurrency: 100, timeout: 60s}';
    await deployTask(works.runtime, { slug: 'queued', code, task, triggers: [BUTTON] });
    await deployTask(works.runtime, { slug: 'other', code, triggers: [BUTTON] });
    const ids = (await Promise.all(Array.from({ length: 200 }, () => queue(works, 'stay')))).map(
      ({ id }) => id,
    );
    expect((await clickButton(works.runtime, 'other', 'GO')).result).toBe('"passed"');
    const statuses = await Promise.all(ids.map((id) => statusOf(works, id)));
    expect(statuses.filter((status) => status === 'running')).toHaveLength(64);
    expect(statuses.filter((status) => status === 'queued')).toHaveLength(136);
  }, 60_000);

  it('run the version that is active when they start', async () => {
    const clock = new FakeClock();
    const works = await open({ clock });
    const code = (text: string) =>
      button(`if (job.attempt === 1) throw new RetryableJobError("later"); return "${text}";`);
    const project = { slug: 'queued', triggers: [BUTTON] };
    await deployTask(works.runtime, { ...project, code: code('old') });
    const job = await clickButton(works.runtime, 'queued', 'GO');
    expect(job.status).toBe('queued');
    await deployTask(works.runtime, { ...project, code: code('new') });
    clock.advance(5 * MINUTE);
    await expect.poll(() => statusOf(works, job.id)).toBe('done');
    expect(await works.store.getJob(job.id)).toMatchObject({ result: '"new"', version: 2, attempt: 2 });
  });

  it('are cancelled with a sentence when their trigger does not exist any more', async () => {
    const clock = new FakeClock();
    const works = await open({ clock });
    const code = button('throw new RetryableJobError("later");');
    await deployTask(works.runtime, { slug: 'queued', code, triggers: [BUTTON] });
    const job = await clickButton(works.runtime, 'queued', 'GO');
    await deployTask(works.runtime, { slug: 'queued', code, triggers: ['{type: button, name: OTHER}'] });
    clock.advance(5 * MINUTE);
    await expect.poll(() => statusOf(works, job.id)).toBe('cancelled');
    const error = JSON.parse((await works.store.getJob(job.id))?.error ?? '');
    expect(error.message).toContain('Trigger GO of task Task does not exist any more.');
  });

  it('end with their project', async () => {
    const works = await open();
    await deployTask(works.runtime, { slug: 'queued', code: button(never), triggers: [BUTTON] });
    const { id } = await queue(works);
    await expect.poll(() => statusOf(works, id)).toBe('running');
    await works.runtime.deleteProject('queued');
    expect(await works.store.getJob(id)).toBeUndefined();
    expect(works.reports).toEqual([]);
  });
});

describe('a job that failed', () => {
  it('by RetryableJobError is tried again after 5 min, 15 min, 60 min and 3 h, then is failed', async () => {
    const clock = new FakeClock();
    const works = await open({ clock });
    const code = button('log("attempt " + job.attempt); throw new RetryableJobError("not yet");');
    await deployTask(works.runtime, { slug: 'queued', code, triggers: [BUTTON] });
    let job = await clickButton(works.runtime, 'queued', 'GO');
    const waits: number[] = [];
    while (job.status === 'queued') {
      const wait = job.run_at - clock.now();
      waits.push(wait / MINUTE);
      clock.advance(wait - 1);
      expect(await works.store.getJob(job.id)).toMatchObject({ status: 'queued', attempt: waits.length });
      clock.advance(1);
      await expect
        .poll(async () => {
          const row = await works.store.getJob(job.id);
          return row?.attempt === waits.length + 1 && row.status !== 'running';
        })
        .toBe(true);
      job = (await works.store.getJob(job.id)) ?? job;
    }
    expect(waits).toEqual([5, 15, 60, 180]);
    expect(job).toMatchObject({ status: 'failed', overall: 'failed', attempt: 5, max_attempts: 5 });
    const lines = (await linesOf(works.store, job.id)).map(({ message }) => message);
    expect(lines.filter((line) => line.startsWith('attempt '))).toHaveLength(5);
    const note = 'Attempt 1 of 5 failed, the next one starts in 300 s: RetryableJobError: not yet';
    expect(lines.filter((line) => line.startsWith(note))).toHaveLength(1);
  });

  it('in another way is final, unless its task says how to retry', async () => {
    const clock = new FakeClock();
    const works = await open({ clock });
    const project = { slug: 'queued', code: button('throw new Error("no");'), triggers: [BUTTON] };
    await deployTask(works.runtime, project);
    expect(await clickButton(works.runtime, 'queued', 'GO')).toMatchObject({ status: 'failed', attempt: 1 });
    await deployTask(works.runtime, { ...project, task: '    retry: {attempts: 2, backoff: [1m]}' });
    const job = await clickButton(works.runtime, 'queued', 'GO');
    expect(job).toMatchObject({ status: 'queued', attempt: 1, run_at: clock.now() + MINUTE });
    clock.advance(MINUTE);
    await expect.poll(() => statusOf(works, job.id)).toBe('failed');
    expect((await works.store.getJob(job.id))?.attempt).toBe(2);
  });
});
