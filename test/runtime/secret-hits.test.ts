import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actor } from '../support/deploys.ts';
import {
  callHook,
  clickButton,
  deployTask,
  linesOf,
  openTestRuntime,
  type TestRuntime,
} from '../support/runtime.ts';

const SECRET = 'correct-horse/battery+staple';
const OTHER = 'another-secret-of-this-project';

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

let last = 0;
/** A project whose task has both secrets as `a` and `b`, the way it should not. */
async function project(body: string): Promise<string> {
  last += 1;
  const slug = `hit-${last}`;
  const code = `
    export async function handle_button(data: any) { const [a, b] = await reveal(); ${body} }
    export async function handle_webhook(request: any) { const [a, b] = await reveal(); ${body} }`;
  await deployTask(works.runtime, {
    slug,
    code,
    yaml: 'secrets: [{key: TOKEN}, {key: SECOND}]',
    files: { 'protected.ts': 'export function reveal() { return [secrets.TOKEN, secrets.SECOND]; }' },
    triggers: ['{type: button, name: GO}', '{type: webhook, name: HOOK}'],
  });
  await works.runtime.setSecret(slug, 'TOKEN', SECRET, actor('manager'));
  await works.runtime.setSecret(slug, 'SECOND', OTHER, actor('manager'));
  return slug;
}

const hitsOf = async (slug: string) =>
  (await works.store.listAudit({ project: slug, kind: 'secret_in_task_text' }, { limit: 1000 })).items;

describe('a secret in text that a task wrote', () => {
  it.each([
    ['its log', 'log("here: " + a);', 'TOKEN', /\(raw\) into its log/],
    ['its log, in base64', 'log(btoa("x" + a));', 'TOKEN', /\(base64\) into its log/],
    ['its log, percent-encoded', 'log(encodeURIComponent(a));', 'TOKEN', /into its log/],
    ['console', 'console.error({ b });', 'SECOND', /into its log/],
    ['an error', 'throw new Error("with " + b);', 'SECOND', /into an error/],
    ['its result', 'return { deep: [a] };', 'TOKEN', /into its result/],
    ['its result as bytes', 'return new TextEncoder().encode(a);', 'TOKEN', /into its result/],
  ])('is recorded for Managers: %s', async (_where, body, key, message) => {
    const slug = await project(body);
    const job = await clickButton(works.runtime, slug, 'GO');
    await expect.poll(() => hitsOf(slug)).toHaveLength(1);
    const [row] = await hitsOf(slug);
    expect(row).toMatchObject({
      project: slug,
      task: 'Task',
      trigger: 'GO',
      job: job.id,
      version: 1,
      name: key,
    });
    expect(row?.message).toMatch(message);
    expect(JSON.stringify(row)).not.toContain(key === 'TOKEN' ? SECRET : OTHER);
  });

  it('is recorded when it is why an answer was refused', async () => {
    const slug = await project('return ["x", 200, { "X-A": b }];');
    expect((await callHook(works.runtime, slug, 'HOOK'))?.status).toBe(500);
    await expect.poll(() => hitsOf(slug)).toMatchObject([{ name: 'SECOND', trigger: 'HOOK' }]);
  });

  it('is recorded once for each job, secret and place, and the task cannot tell', async () => {
    const slug = await project('for (let i = 0; i < 100; i++) { log(a); log(b); } return "fine";');
    const job = await clickButton(works.runtime, slug, 'GO');
    expect(job).toMatchObject({ status: 'done', result: '"fine"' });
    await expect
      .poll(async () => (await hitsOf(slug)).map(({ name }) => name).toSorted())
      .toEqual(['SECOND', 'TOKEN']);
    expect((await linesOf(works.store, job.id)).filter(({ message }) => message === SECRET)).toHaveLength(
      100,
    );
  });

  it('is recorded a hundred times an hour for a project at most', async () => {
    const slug = await project('log(a);');
    await Promise.all(Array.from({ length: 130 }, () => callHook(works.runtime, slug, 'HOOK')));
    await expect.poll(async () => (await hitsOf(slug)).length).toBe(100);
  });
});
