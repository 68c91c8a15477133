import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actor, refusal } from '../support/deploys.ts';
import { callHook, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

const CODE = `
  export async function handle_webhook(request: any) {
    return { params: { ...params }, texts: { ...texts }, webhooks: { ...webhooks }, secret: await length() };
  }`;
const YAML = `params:
  - {key: GREETING, value: Hello}
  - {key: TARGET, value: "https://a.example"}
  - {key: LOCKED, value: "1", manager: true}
texts:
  - {key: BYE, value: Tschüss, lang: de}
  - {key: BYE, value: Bye, lang: en}
  - {key: MOIN, value: Moin, lang: de}
secrets: [{key: TOKEN}]
egress: {allow: [{param: TARGET}]}`;
const files = { 'protected.ts': 'export const length = () => secrets.TOKEN?.length ?? null;' };
const manager = actor('manager');
const developer = actor('developer');

let works: TestRuntime;
const deploy = (yaml = YAML) =>
  deployTask(works.runtime, {
    slug: 'shop',
    code: CODE,
    yaml,
    files,
    triggers: ['{type: webhook, name: HOOK}'],
  });
beforeAll(async () => {
  works = await openTestRuntime();
  await deploy();
});
afterAll(() => works.close());

async function seen() {
  const answer = await callHook(works.runtime, 'shop', 'HOOK');
  return JSON.parse(String(answer?.body));
}

describe('what a job sees of its project', () => {
  it('are params, texts in English when there are any, and the URLs of its webhooks', async () => {
    const { params, texts, webhooks } = await seen();
    expect(params).toEqual({ GREETING: 'Hello', TARGET: 'https://a.example', LOCKED: '1' });
    expect(texts).toEqual({ BYE: 'Bye', MOIN: 'Moin' });
    const hook = works.runtime.project('shop')?.triggersByName.get('HOOK')?.hook;
    expect(webhooks).toEqual({ HOOK: `http://hooks.test/hook/${hook}` });
  });
});

describe('a param', () => {
  it('is no place for large data', async () => {
    const { runtime } = works;
    expect(await refusal(runtime.setParam('shop', 'GREETING', 'x'.repeat(65_537), developer))).toMatchObject({
      code: 'param_too_large',
      status: 413,
    });
    await runtime.setParam('shop', 'GREETING', 'x'.repeat(65_536), developer);
    await runtime.setParam('shop', 'GREETING', null, developer);
  });

  it('that was set on the server wins over deploys until it is removed', async () => {
    await works.runtime.setParam('shop', 'GREETING', 'Servus', developer);
    expect((await seen()).params.GREETING).toBe('Servus');
    await deploy(YAML.replace('Hello', 'Hi'));
    expect((await seen()).params.GREETING).toBe('Servus');
    await works.runtime.setParam('shop', 'GREETING', null, developer);
    expect((await seen()).params.GREETING).toBe('Hi');
  });

  it('that is not declared is refused with the names that are', async () => {
    const refused = await refusal(works.runtime.setParam('shop', 'NONE', 'x', manager));
    expect(refused.status).toBe(404);
    expect(refused.message).toContain('GREETING, TARGET, LOCKED');
  });

  it.each(['LOCKED', 'TARGET'])('%s is for Managers', async (key) => {
    expect(await refusal(works.runtime.setParam('shop', key, 'x', developer))).toMatchObject({ status: 403 });
    expect(await refusal(works.runtime.setParam('shop', key, null, developer))).toMatchObject({
      status: 403,
    });
    await works.runtime.setParam('shop', key, 'x', manager);
    expect((await seen()).params[key]).toBe('x');
  });
});

describe('a secret', () => {
  it('is there for Protected Code from the next job on, until it is removed', async () => {
    expect((await seen()).secret).toBeNull();
    const { warning } = await works.runtime.setSecret('shop', 'TOKEN', 'a long random value', manager);
    expect(warning).toBeNull();
    expect((await seen()).secret).toBe(19);
    await works.runtime.setSecret('shop', 'TOKEN', 'another random value', manager);
    expect((await seen()).secret).toBe(20);
    await works.runtime.setSecret('shop', 'TOKEN', null, manager);
    expect((await seen()).secret).toBeNull();
  });

  it('is sealed in the store', async () => {
    await works.runtime.setSecret('shop', 'TOKEN', 'a long random value', manager);
    const project = works.runtime.project('shop');
    const [sealed] = await works.store.listSecrets(project?.project.id ?? '');
    expect(Buffer.from(sealed?.ciphertext ?? []).toString('latin1')).not.toContain('random');
    expect(sealed).toMatchObject({ key: 'TOKEN', set_by: 'The manager' });
  });

  it.each(['short', 'password', 'aaaaaaaaaa'])(
    '%s is kept with a warning that it cannot be masked',
    async (value) => {
      const { warning } = await works.runtime.setSecret('shop', 'TOKEN', value, manager);
      expect(warning).toContain('TOKEN will not be hidden');
      expect(warning).not.toContain(`"${value}"`);
    },
  );

  it('that is not declared is refused with the names that are', async () => {
    const refused = await refusal(works.runtime.setSecret('shop', 'OTHER', 'x', manager));
    expect(refused).toMatchObject({ status: 404 });
    expect(refused.message).toContain('TOKEN');
  });
});

describe('a setting', () => {
  it('of what does not exist is refused', async () => {
    const { runtime } = works;
    const refused = [
      runtime.setParam('none', 'A', 'x', manager),
      runtime.setSecret('none', 'A', 'x', manager),
      runtime.setProjectActive('none', true),
      runtime.deleteProject('none'),
      runtime.setTriggerActive('shop', 'NONE', true),
      runtime.rotateHook('shop', 'NONE'),
    ];
    for (const each of refused) expect(await refusal(each)).toMatchObject({ status: 404 });
  });
});
