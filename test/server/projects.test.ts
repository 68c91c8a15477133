import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesStrangers } from '../support/access.ts';
import { ECHO_FILES } from '../support/echo-project.ts';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
let developer: string;
let user: string;
beforeAll(async () => {
  instance = await startInstance();
  await instance.deploy('echo', ECHO_FILES);
  developer = await instance.tokenFor('developer');
  user = await instance.tokenFor('user');
});
afterAll(() => instance.stop());

describe('projects', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/projects', 'user'],
      ['GET', '/projects/echo', 'user'],
      ['PUT', '/projects/echo', 'developer'],
      ['PATCH', '/projects/echo', 'developer'],
      ['DELETE', '/projects/echo', 'manager'],
    ],
  );

  describe('with type errors', () => {
    const files = {
      'project.yaml': `name: Typed
slug: typed
tasks: [{name: T, code: tasks/t.ts, triggers: [{type: button, name: GO}]}]
`,
      'protected.ts':
        "export const _n: number = 'x';\nexport const rate = (country: 'de' | 'fr') => country.length;",
      'tasks/t.ts':
        "export async function handle_button() {\n  return [params.UNKNOWN, await rate('it')];\n}",
    };
    const inTask = (column: number, message: RegExp) => ({
      file: 'tasks/t.ts',
      line: 2,
      column,
      message: expect.stringMatching(message),
    });

    it('are deployed all the same, and told where each one is', async () => {
      const { status, body } = await instance.call('PUT', '/projects/typed', { files });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: {
          version: 1,
          warnings: [
            { file: 'protected.ts', line: 1, column: 14, message: expect.stringMatching(/^Type: /) },
            inTask(18, /^Type: .*UNKNOWN/),
            inTask(38, /^Type: .*"it"/),
          ],
        },
      });
    });

    it('of Protected Code are told to Managers only, its types included', async () => {
      const token = await instance.tokenFor('developer');
      const { 'protected.ts': _, ...readable } = files;
      const { status, body } = await instance.call('PUT', '/projects/typed', { files: readable }, token);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { version: 2, warnings: [inTask(18, /UNKNOWN/)] },
      });
    });
  });

  it('are deployed and answer with version and webhooks', async () => {
    const files = { 'project.yaml': 'name: Second\nslug: second\n' };
    const first = await instance.call('PUT', '/projects/second', { files });
    expect(first).toMatchObject({
      status: 200,
      body: { project: 'second', version: 1, webhooks: {}, warnings: [] },
    });
    const again = await instance.call('PUT', '/projects/second', {
      files: { ...files, 'common.ts': 'const a = 1;\n' },
    });
    expect(again.body).toMatchObject({ version: 2 });
  });

  it('are refused as a whole with file and line when something is wrong', async () => {
    const files = { ...ECHO_FILES, 'tasks/echo.ts': 'export function handle_webhook( {' };
    const { status, body } = await instance.call('PUT', '/projects/echo', { files });
    expect(status).toBe(422);
    expect(body).toMatchObject({ error: { details: [{ file: 'tasks/echo.ts', line: 1 }] } });
  });

  it('are listed and shown with what they have, but no secret', async () => {
    const list = await instance.call('GET', '/projects');
    expect(list.body).toMatchObject({ items: expect.any(Array), next: null });
    await instance.call('PUT', '/projects/echo/secrets/API_KEY', { value: 'a-very-secret-value' });
    const { body } = await instance.call('GET', '/projects/echo');
    expect(body).toMatchObject({
      slug: 'echo',
      name: 'Echo',
      active: true,
      env: 'embedded',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      params: [{ key: 'GREETING', value: 'Hello', initial: 'Hello' }],
      secrets: [{ key: 'API_KEY', description: 'of the service', sealed: false, set: true }],
      tasks: [{ name: 'Echo', code: 'tasks/echo.ts', active: true }],
      triggers: [
        { name: 'IN', type: 'webhook', task: 'Echo', active: true },
        { name: 'GO', type: 'button', task: 'Echo', active: true, url: null },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('a-very-secret-value');
  });

  it('show the secret path of a webhook to Developers and Managers only', async () => {
    const shown = { webhooks: { IN: expect.stringMatching(/\/hook\/[\w-]{20,}$/) } };
    expect((await instance.call('GET', '/projects/echo')).body).toMatchObject(shown);
    expect((await instance.call('GET', '/projects/echo', undefined, developer)).body).toMatchObject(shown);
    const { body } = await instance.call('GET', '/projects/echo', undefined, user);
    expect(body).toMatchObject({ webhooks: { IN: `${instance.url}/hook/***` } });
    expect(JSON.stringify(body)).not.toMatch(/\/hook\/\w/);
  });

  it('are switched off and on', async () => {
    const off = await instance.call('PATCH', '/projects/echo', { active: false }, developer);
    expect(off.body).toMatchObject({
      active: false,
      triggers: [
        { name: 'IN', active: false },
        { name: 'GO', active: false },
      ],
    });
    const on = await instance.call('PATCH', '/projects/echo', { active: true });
    expect(on.body).toMatchObject({ active: true });
  });

  it('are deleted', async () => {
    await instance.deploy('gone', { 'project.yaml': 'name: Gone\nslug: gone\n' });
    expect((await instance.call('DELETE', '/projects/gone')).status).toBe(204);
    expect((await instance.call('GET', '/projects/gone')).status).toBe(404);
    expect((await instance.call('DELETE', '/projects/gone')).status).toBe(404);
  });

  it.each([
    ['GET', '/projects/none'],
    ['PATCH', '/projects/none'],
    ['GET', '/projects/none/versions'],
    ['GET', '/projects/none/export'],
    ['GET', '/projects/none/types'],
    ['PUT', '/projects/none/params/A'],
    ['PUT', '/projects/none/secrets/A'],
    ['POST', '/projects/none/triggers/A/run'],
    ['GET', '/projects/__proto__'],
    ['GET', '/projects/%2e%2e'],
    ['GET', '/projects/%00'],
  ])('%s %s that do not exist are 404', async (verb, route) => {
    const body = verb === 'PATCH' ? { active: true } : verb === 'PUT' ? { value: 'x' } : undefined;
    expect(await instance.call(verb, route, body)).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
  });
});

describe('a rollback', () => {
  const files = (text: string, code: string) => ({
    'project.yaml':
      'name: Back\nslug: back\nactive: true\ntasks: [{name: B, code: tasks/b.js, triggers: [{type: button, name: GO}]}]\n',
    'protected.js': `export const word = () => '${text}';`,
    'tasks/b.js': code,
  });
  const run = async () => {
    const { body } = await instance.call<{ job: { result: unknown } }>(
      'POST',
      '/projects/back/triggers/GO/run',
      {
        wait: 60,
      },
    );
    return body.job.result;
  };
  const back = (number: number, token: string) =>
    instance.call<{ version: number; error: { message: string } }>(
      'POST',
      `/projects/back/versions/${number}/rollback`,
      {},
      token,
    );

  it('deploys the files of that version again, and is judged as any deploy', async () => {
    await instance.deploy(
      'back',
      files('one', 'async function handle_button() { return [1, await word()]; }'),
    );
    await instance.deploy(
      'back',
      files('one', 'async function handle_button() { return [2, await word()]; }'),
    );
    await instance.deploy(
      'back',
      files('three', 'async function handle_button() { return [3, await word()]; }'),
    );
    expect(await run()).toEqual([3, 'three']);
    expect((await back(1, developer)).status).toBe(403);
    expect((await back(1, instance.token)).body).toMatchObject({ project: 'back', version: 4 });
    expect(await run()).toEqual([1, 'one']);
    expect((await back(2, developer)).body).toMatchObject({ version: 5 });
    expect(await run()).toEqual([2, 'one']);
    expect((await back(77, developer)).status).toBe(404);
  });
});

describe('versions', () => {
  refusesStrangers(
    () => instance,
    [
      ['GET', '/projects/echo/versions', 'user'],
      ['GET', '/projects/echo/versions/1', 'user'],
      ['POST', '/projects/echo/versions/1/rollback', 'developer'],
      ['GET', '/projects/echo/export', 'user'],
      ['GET', '/projects/echo/types', 'user'],
    ],
  );

  it('are listed, the newest first', async () => {
    await instance.deploy('twice', { 'project.yaml': 'name: One\nslug: twice\n' });
    await instance.deploy('twice', { 'project.yaml': 'name: Two\nslug: twice\n' });
    const { body } = await instance.call('GET', '/projects/twice/versions');
    expect(body).toMatchObject({
      items: [
        { number: 2, active: true, created_by: 'admin', created_at: expect.any(String) },
        { number: 1, active: false },
      ],
      next: null,
    });
    const first = await instance.call('GET', '/projects/twice/versions/1');
    expect(first.body).toMatchObject({ number: 1, files: { 'project.yaml': 'name: One\nslug: twice\n' } });
  });

  it.each(['0', '99', 'x', '1.5', '-1', '99999999999'])('number %s is 404', async (number) => {
    expect((await instance.call('GET', `/projects/echo/versions/${number}`)).status).toBe(404);
  });

  it.each(['versions/1', 'export'])(
    'have no Protected Code in %s for others than Managers',
    async (route) => {
      const forManager = await instance.call('GET', `/projects/echo/${route}`);
      expect(forManager.body).toMatchObject({ files: ECHO_FILES, bundle: null });
      for (const token of [developer, user]) {
        const { body } = await instance.call('GET', `/projects/echo/${route}`, undefined, token);
        expect(body).toMatchObject({ files: { 'tasks/echo.ts': ECHO_FILES['tasks/echo.ts'] } });
        expect(body).not.toHaveProperty(['files', 'protected.ts']);
        expect(body).not.toHaveProperty('bundle');
      }
    },
  );
});
