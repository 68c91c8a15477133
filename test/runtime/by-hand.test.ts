import { afterEach, describe, expect, it } from 'vitest';
import type { JobRow } from '../../runtime/store/job-store.ts';
import { actor } from '../support/deploys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import {
  callHook,
  clickButton,
  deployTask,
  newestJob,
  openTestRuntime,
  type TestRuntime,
} from '../support/runtime.ts';

const BUTTON = '{type: button, name: GO}';
const HOOK = '{type: webhook, name: HOOK}';
const SLUG = 'by-hand';
const ADA = { ...actor('developer'), id: 'ada', name: 'Ada', login: 'ada' };
const code = `
  export async function handle_button(data: any) {
    if (data?.stay) await new Promise(() => {});
    if (data?.later) throw new RetryableJobError('later');
    if (data?.fail) throw new Error('no');
    return { data, by: user.name };
  }
  export async function handle_webhook() { await new Promise(() => {}); }
`;

const opened: TestRuntime[] = [];
async function open(options = {}, yaml = ''): Promise<TestRuntime> {
  const works = await openTestRuntime(options);
  opened.push(works);
  await deployTask(works.runtime, { slug: SLUG, code, yaml, triggers: [BUTTON, HOOK] });
  return works;
}
afterEach(async () => {
  for (const works of opened.splice(0)) await works.close();
});

const click = ({ runtime }: TestRuntime, data: unknown = null) => clickButton(runtime, SLUG, 'GO', data);
const start = ({ runtime }: TestRuntime, data: unknown) =>
  runtime.runTrigger({ slug: SLUG, name: 'GO', data, waitMs: 0, actor: actor('manager') });
const errorOf = ({ error }: JobRow) => JSON.parse(error ?? 'null');

async function ended({ store }: TestRuntime, id: string): Promise<JobRow> {
  await expect.poll(async () => (await store.getJob(id))?.finished_at, { timeout: 10_000 }).not.toBeNull();
  const job = await store.getJob(id);
  if (job === undefined) throw new Error(`Job ${id} is gone.`);
  return job;
}

describe('a job that is cancelled', () => {
  it('while it is queued ends at once and says who did it', async () => {
    const clock = new FakeClock();
    const works = await open({ clock });
    const { id, status } = await click(works, { later: true });
    expect(status).toBe('queued');
    const job = await works.runtime.cancelJob(id, ADA);
    expect(job).toMatchObject({
      status: 'cancelled',
      overall: 'cancelled',
      attempt: 1,
      input: '{"later":true}',
    });
    expect(job.finished_at).toBe(clock.now());
    expect(errorOf(job)).toMatchObject({ name: 'Cancelled', message: 'Ada cancelled the job.' });
    clock.advance(24 * 60 * 60_000);
    expect(await works.store.getJob(id)).toEqual(job);
  });

  it('while it runs ends where it is', async () => {
    const works = await open();
    const { id } = await start(works, { stay: true });
    await expect.poll(async () => (await works.store.getJob(id))?.status).toBe('running');
    const job = await works.runtime.cancelJob(id, ADA);
    expect(job).toMatchObject({ status: 'cancelled', overall: 'cancelled' });
    expect(errorOf(job).message).toBe('Ada cancelled the job.');
  });

  it('at any moment of its beginning is cancelled or has ended', async () => {
    const works = await open();
    const jobs = await Promise.all(Array.from({ length: 12 }, () => start(works, { stay: true })));
    const cancelled = await Promise.all(jobs.map(({ id }) => works.runtime.cancelJob(id, ADA)));
    expect(new Set(cancelled.map(({ status }) => status))).toEqual(new Set(['cancelled']));
  });

  it('is not tried again, whatever its attempt ended with', async () => {
    const works = await open();
    const { id } = await start(works, { later: true });
    const { status } = await works.runtime.cancelJob(id, ADA);
    expect(status).toBe('cancelled');
  });

  it("being a webhook's answers its caller with 500, and nothing of who and why", async () => {
    const works = await open();
    const answer = callHook(works.runtime, SLUG, 'HOOK');
    await expect.poll(async () => (await works.store.listJobs({}, { limit: 1 })).items.length).toBe(1);
    const { id } = await newestJob(works.store, SLUG);
    expect(await works.runtime.cancelJob(id, ADA)).toMatchObject({ status: 'cancelled' });
    expect(await answer).toMatchObject({ status: 500, body: `The webhook failed. Job ${id}\n` });
  });

  it('after its end stays what it is, and the refusal says what that is', async () => {
    const works = await open();
    const { id } = await click(works);
    await expect(works.runtime.cancelJob(id, ADA)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('has ended already: done.'),
    });
    expect(await works.store.getJob(id)).toMatchObject({ status: 'done' });
  });

  it('but was never there is 404', async () => {
    const works = await open();
    await expect(works.runtime.cancelJob('x', ADA)).rejects.toMatchObject({ status: 404 });
    await expect(works.runtime.retryJob('x', ADA)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a job that is retried by hand', () => {
  it('runs as a new one with the same input, by who asked for it', async () => {
    const works = await open();
    const failed = await click(works, { fail: true, list: [1, { a: 'b' }] });
    const again = await works.runtime.retryJob(failed.id, ADA);
    expect(again).toMatchObject({ status: 'queued', attempt: 0, input: failed.input, parent_id: null });
    expect(again.id).not.toBe(failed.id);
    expect(JSON.parse(again.user)).toMatchObject({ id: 'ada', name: 'Ada', role: 'developer' });
    expect(await ended(works, again.id)).toMatchObject({ status: 'failed', attempt: 1, input: failed.input });
    expect(await works.store.getJob(failed.id)).toEqual({ ...failed, children: [] });
  });

  it('may have ended in any way, and may have had no input', async () => {
    const works = await open();
    const done = await click(works);
    const again = await works.runtime.retryJob(done.id, ADA);
    expect(JSON.parse((await ended(works, again.id)).result ?? '')).toEqual({ data: null, by: 'Ada' });
  });

  it('runs with the version that is active then', async () => {
    const works = await open();
    const failed = await click(works, { fail: true });
    await deployTask(works.runtime, {
      slug: SLUG,
      code: 'export function handle_button(data: any) { return "repaired"; }',
      triggers: [BUTTON],
    });
    const again = await works.runtime.retryJob(failed.id, ADA);
    expect(await ended(works, again.id)).toMatchObject({ status: 'done', version: 2, result: '"repaired"' });
  });

  it.each([
    [
      'is longer than what is kept',
      '',
      { fail: true, text: 'x'.repeat(100_000) },
      'only a copy of its input',
    ],
    ['has a secret in it', '', { fail: true, text: 'correct-horse-battery' }, 'only a copy of its input'],
    ['is not kept', 'keep: {input: none}', { fail: true }, 'its input was not kept (keep.input'],
  ])('is refused when its input %s', async (_what, keep, data, reason) => {
    const works = await open({}, `secrets: [{key: KEY, description: one}]\n${keep}`);
    await works.runtime.setSecret(SLUG, 'KEY', 'correct-horse-battery', actor('manager'));
    const failed = await click(works, data);
    expect(failed.status).toBe('failed');
    await expect(works.runtime.retryJob(failed.id, ADA)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining(reason),
    });
    expect((await works.store.listJobs({}, { limit: 9 })).items).toHaveLength(1);
  });

  it('of a cron trigger is refused while another one of it is unfinished', async () => {
    const works = await open();
    await deployTask(works.runtime, {
      slug: SLUG,
      code: 'export async function handle_cron() { if (params.STAY === "yes") await new Promise(() => {}); throw new Error("no"); }',
      yaml: 'params: [{key: STAY, value: "no"}]',
      triggers: ['{type: cron, name: NIGHTLY, every: 1 week}'],
    });
    const run = (waitMs: number) =>
      works.runtime.runTrigger({ slug: SLUG, name: 'NIGHTLY', data: undefined, waitMs, actor: ADA });
    const failed = await run(15_000);
    expect(failed.status).toBe('failed');
    const again = await works.runtime.retryJob(failed.id, ADA);
    expect(await ended(works, again.id)).toMatchObject({ status: 'failed', function: 'handle_cron' });
    await works.runtime.setParam(SLUG, 'STAY', 'yes', ADA);
    const staying = await run(0);
    await expect(works.runtime.retryJob(failed.id, ADA)).rejects.toMatchObject({
      status: 409,
      message: 'Another job of NIGHTLY is not finished. Wait for its end, then retry this one.',
    });
    await works.runtime.cancelJob(staying.id, ADA);
  });

  it('is refused while it has not ended', async () => {
    const works = await open({ clock: new FakeClock() });
    const { id } = await click(works, { later: true });
    await expect(works.runtime.retryJob(id, ADA)).rejects.toMatchObject({
      status: 409,
      message: `Job ${id} is queued. Wait for its end, or cancel it first.`,
    });
  });

  it("is refused when it is a webhook's, and when its trigger is gone", async () => {
    const works = await open();
    const answer = callHook(works.runtime, SLUG, 'HOOK');
    await expect.poll(async () => (await works.store.listJobs({}, { limit: 1 })).items.length).toBe(1);
    const hook = await newestJob(works.store, SLUG);
    await works.runtime.cancelJob(hook.id, ADA);
    await answer;
    const failed = await click(works, { fail: true });
    await deployTask(works.runtime, { slug: SLUG, code, triggers: ['{type: button, name: OTHER}'] });
    await expect(works.runtime.retryJob(hook.id, ADA)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Ask the caller to call again.'),
    });
    await expect(works.runtime.retryJob(failed.id, ADA)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('does not exist any more'),
    });
  });
});
