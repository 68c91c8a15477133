import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeployDeps, deployProject } from '../../../runtime/project/deploy.ts';
import type { Role } from '../../../runtime/words.ts';
import { createCompiler } from '../../../sandbox/compile/compiler.ts';
import { spawnCompiler } from '../../../sandbox/compile/spawn-compiler.ts';
import { actor, compiler, refusal } from '../../support/deploys.ts';
import { testHardening } from '../../support/sandbox.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

const YAML = `name: Shop
slug: shop
active: true
secrets: [{key: TOKEN}]
tasks:
  - name: Orders
    code: tasks/orders.ts
    triggers:
      - {type: webhook, name: ORDERS}
      - {type: button, name: CHECK}
`;
const FILES = {
  'project.yaml': YAML,
  'protected.ts': 'export function sign(text: string) { return text + secrets.TOKEN; }',
  'tasks/orders.ts':
    'export async function handle_webhook() { return sign("a"); }\nfunction handle_button() {}',
};

let opened: TestStore;
let deps: DeployDeps;

beforeEach(() => {
  opened = openTestStore();
  deps = { store: opened.store, sandbox: compiler, now: Date.now };
});
afterEach(() => opened.close());

function deploy(files: Record<string, string>, role: Role = 'manager', slug = 'shop') {
  return deployProject(deps, { slug, files, bundle: null, actor: actor(role) });
}

/** `file:line message` of everything that is wrong. */
async function errors(files: Record<string, string>, slug = 'shop'): Promise<string[]> {
  const { code, status, details } = await refusal(deploy(files, 'manager', slug));
  expect([code, status]).toEqual(['invalid_project', 422]);
  return (details as { file: string; line: number; message: string }[]).map(
    (each) => `${each.file}:${each.line} ${each.message}`,
  );
}

describe('a deploy', () => {
  it('makes a version with its program, and a secret path for each webhook', async () => {
    const { loaded } = await deploy(FILES);
    expect(loaded.project).toMatchObject({ slug: 'shop', name: 'Shop', active: true, version: 1 });
    expect(loaded.version).toMatchObject({ number: 1, created_by: 'The manager', files: FILES });
    expect(loaded.version.program.tasks['tasks/orders.ts']?.handlers).toEqual([
      'handle_webhook',
      'handle_button',
    ]);
    const hooks = Object.fromEntries(loaded.triggers.map(({ name, hook }) => [name, hook]));
    expect(hooks).toEqual({ ORDERS: expect.stringMatching(/^[\w-]{24,}$/), CHECK: null });
  });

  it('is asked to come back when too many deploys of its project wait for the compiler', async () => {
    const hardening = await testHardening();
    const own = createCompiler({ spawn: () => spawnCompiler(hardening) });
    const endless = { 'tasks/a.ts': `${'x=>'.repeat(6000)}1` };
    const waiting = Array.from({ length: 5 }, () =>
      own.compile({ files: endless, bundle: null }, 'shop').catch(() => {}),
    );
    deps = { ...deps, sandbox: own };
    expect(await refusal(deploy(FILES))).toMatchObject({ code: 'compiler_busy', status: 503 });
    await own.stop();
    await Promise.all(waiting);
  });

  it('keeps the secret path of a webhook that stays', async () => {
    const first = await deploy(FILES);
    const second = await deploy({ ...FILES, 'project.yaml': YAML.replace('name: Shop', 'name: Store') });
    expect(second.loaded.version.number).toBe(2);
    expect(second.loaded.triggers).toEqual(first.loaded.triggers);
  });

  it('of a Developer runs with the Protected Code that is active', async () => {
    await deploy(FILES);
    const { 'protected.ts': code, ...rest } = FILES;
    const yaml = YAML.replace(/secrets: .*\n/, '');
    const { loaded } = await deploy({ ...rest, 'project.yaml': yaml }, 'developer');
    expect(loaded.version.files['protected.ts']).toBe(code);
    expect(loaded.version.manifest.secrets).toHaveLength(1);
    expect(loaded.version.program.protected?.exports).toHaveLength(1);
  });

  it('is judged again when another one came in between', async () => {
    await deploy(FILES);
    const changed = { ...FILES, 'protected.ts': `${FILES['protected.ts']} // changed` };
    let before = true;
    const store = {
      ...deps.store,
      listSecrets: deps.store.listSecrets.bind(deps.store),
      deploy: deps.store.deploy.bind(deps.store),
      loadProject: async (slug: string) => {
        const loaded = await deps.store.loadProject(slug);
        if (before) await deploy(changed);
        before = false;
        return loaded;
      },
    };
    const mine = deployProject(
      { ...deps, store },
      { slug: 'shop', files: FILES, bundle: null, actor: actor('developer') },
    );
    expect(await refusal(mine)).toMatchObject({ code: 'forbidden', status: 403, details: ['protected.ts'] });
    expect((await deps.store.loadProject('shop'))?.project.version).toBe(2);
  });

  it('gives up when others never stop', async () => {
    const store = {
      ...deps.store,
      listSecrets: async () => [],
      loadProject: async () => undefined,
      deploy: async () => null,
    };
    const mine = deployProject(
      { ...deps, store },
      { slug: 'shop', files: FILES, bundle: null, actor: actor('manager') },
    );
    expect(await refusal(mine)).toMatchObject({ code: 'conflict', status: 409 });
  });
});

describe('a deploy that is wrong', () => {
  it('is refused as a whole: nothing is stored', async () => {
    await errors({ ...FILES, 'tasks/orders.ts': 'function handle_webhook( {' });
    expect(await deps.store.loadProject('shop')).toBeUndefined();
  });

  it('names file, line and column of code that does not parse', async () => {
    const { details } = await refusal(deploy({ ...FILES, 'tasks/orders.ts': 'let a = 1;\nlet b = ;' }));
    expect(details).toEqual([{ file: 'tasks/orders.ts', line: 2, column: 9, message: expect.any(String) }]);
  });

  it('names the slug that is not the one of the URL', async () => {
    expect(await errors(FILES, 'other')).toEqual([
      'project.yaml:2 slug is "shop", but the deploy is for "other": make them equal',
    ]);
  });

  it('names a task whose file is missing and a file whose task is missing', async () => {
    const { 'tasks/orders.ts': code, ...rest } = FILES;
    expect(await errors({ ...rest, 'tasks/orders.js': '', 'tasks/old.ts': code })).toEqual([
      'project.yaml:7 task "Orders": there is no file tasks/orders.ts, but there is tasks/orders.js',
      expect.stringMatching(/^tasks\/orders\.js:0 belongs to no task/),
      expect.stringMatching(/^tasks\/old\.ts:0 belongs to no task/),
    ]);
  });

  it('names triggers that call what is not there', async () => {
    expect(await errors({ ...FILES, 'tasks/orders.ts': 'function handle_cron() {}' })).toEqual([
      'project.yaml:9 trigger "ORDERS" calls handle_webhook, but tasks/orders.ts declares no such function at its top level',
      'project.yaml:10 trigger "CHECK" calls handle_button, but tasks/orders.ts declares no such function at its top level',
    ]);
  });

  it.each([
    ['another connection', 'env: odoo', 'env: there is no connection "odoo"'],
    ['shared packages', 'shared_packages: [zod]', 'shared_packages are not supported'],
  ])('asks for %s, which this version does not have', async (_, line, message) => {
    expect(await errors({ ...FILES, 'project.yaml': YAML + line })).toEqual([
      expect.stringContaining(`project.yaml:11 ${message}`),
    ]);
  });
});

describe('a deploy is accepted with a warning', () => {
  it.each([
    ['a sealed secret that can be sent nowhere', 'sealed: true', 'is sealed and has no "hosts"'],
    ['hosts of a secret that is not sealed', 'hosts: [a.example]', 'bind sealed secrets only'],
  ])('for %s', async (_, more, message) => {
    const yaml = YAML.replace('{key: TOKEN}', `{key: TOKEN, ${more}}`);
    const { warnings } = await deploy({ ...FILES, 'project.yaml': yaml });
    expect(warnings.map((each) => each.message)).toContainEqual(expect.stringContaining(message));
  });

  it('for a secret without value', async () => {
    const { warnings } = await deploy(FILES);
    expect(warnings.map((each) => each.message)).toEqual([
      'secret "TOKEN" has no value yet. A Manager sets it: sluice secrets set shop TOKEN',
    ]);
  });

  it('for each realm of its own, which is slower', async () => {
    const yaml = `${YAML.replace(/secrets: .*\n/, '')}realm: own\n`.replace(
      '    code:',
      '    realm: own\n    code:',
    );
    const { warnings } = await deploy({ ...FILES, 'project.yaml': yaml });
    expect(warnings.map(({ file, message }) => `${file} ${message}`)).toEqual([
      expect.stringMatching(/^project\.yaml realm "own" of Protected Code is slower/),
      expect.stringMatching(/^project\.yaml task ".*": realm "own" is slower/),
    ]);
  });

  it('not for how long anything is kept', async () => {
    const yaml = `${YAML.replace(/secrets: .*\n/, '')}keep: {jobs: 1d, logs: 1d, ledger: 1d}\n`;
    const { warnings } = await deploy({ ...FILES, 'project.yaml': yaml });
    expect(warnings).toEqual([]);
  });
});
