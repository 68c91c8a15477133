import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actor, refusal } from '../../support/deploys.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
  await deployTask(works.runtime, {
    slug: 'buttons',
    code: `
      export async function handle_button(data: any) {
        if (data?.sleep) await new Promise((resolve) => setTimeout(resolve, data.sleep));
        return data;
      }
      export function handle_webhook() {}`,
    triggers: [
      '{type: button, name: PLAIN}',
      '{type: button, name: PRESET, data: {a: [1, "$"], "$": 2}}',
      '{type: webhook, name: HOOK}',
    ],
  });
});
afterAll(() => works.close());

const run = (name: string, data: unknown, waitMs: number) =>
  works.runtime.runTrigger({ slug: 'buttons', name, data, waitMs, actor: actor('developer') });

describe('a button', () => {
  it('gives its data to the handler and, when waited for, its result to the caller', async () => {
    const job = await clickButton(works.runtime, 'buttons', 'PLAIN', { x: [1, 'ä', null] });
    expect(job).toMatchObject({ status: 'done', attempt: 1, version: 1, function: 'handle_button' });
    expect(JSON.parse(job.result ?? '')).toEqual({ x: [1, 'ä', null] });
    expect(JSON.parse(job.input ?? '')).toEqual({ x: [1, 'ä', null] });
  });

  it('has the data of its trigger when none is given', async () => {
    const job = await clickButton(works.runtime, 'buttons', 'PRESET');
    expect(JSON.parse(job.result ?? '')).toEqual({ a: [1, '$'], $: 2 });
    expect((await clickButton(works.runtime, 'buttons', 'PRESET', null)).result).toBe('null');
  });

  it('runs on behalf of who clicked it', async () => {
    const job = await run('PLAIN', 1, 10_000);
    expect(JSON.parse(job.user)).toEqual({
      id: 'id-developer',
      name: 'The developer',
      login: 'developer',
      role: 'developer',
    });
  });

  it('answers at once with a queued job when nobody waits', async () => {
    const job = await run('PLAIN', 1, 0);
    expect(job).toMatchObject({ status: 'queued', attempt: 0 });
    await expect.poll(async () => (await works.store.getJob(job.id))?.status).toBe('done');
  });

  it('answers with the job as it is when the time is over', async () => {
    const job = await run('PLAIN', { sleep: 1000 }, 100);
    expect(job.status).toBe('running');
    await expect.poll(async () => (await works.store.getJob(job.id))?.status, { timeout: 5000 }).toBe('done');
  });

  it('starts a job of a project that is switched off, but not when it is switched off itself', async () => {
    await works.runtime.setProjectActive('buttons', false);
    expect((await clickButton(works.runtime, 'buttons', 'PLAIN', 1)).status).toBe('done');
    await works.runtime.setTriggerActive('buttons', 'PLAIN', false);
    expect(await refusal(run('PLAIN', 1, 0))).toMatchObject({ status: 409, code: 'switched_off' });
    await works.runtime.setTriggerActive('buttons', 'PLAIN', true);
    await works.runtime.setProjectActive('buttons', true);
  });

  it('is refused by name when there is none, or the trigger is another kind', async () => {
    expect(await refusal(run('NONE', 1, 0))).toMatchObject({ status: 404 });
    expect(await refusal(run('HOOK', 1, 0))).toMatchObject({ status: 409, code: 'not_a_button' });
  });

  it('refuses data that is too large or too deep', async () => {
    expect(await refusal(run('PLAIN', 'x'.repeat(1_100_000), 0))).toMatchObject({ status: 413 });
    let deep: unknown = null;
    for (let level = 0; level < 2000; level += 1) deep = [deep];
    expect(await refusal(run('PLAIN', deep, 0))).toMatchObject({ status: 422 });
  });
});
