import { describe, expect, it } from 'vitest';
import { AppError } from '../../../runtime/app-error.ts';
import { type ActiveFiles, judgeDeploy } from '../../../runtime/project/judge.ts';
import type { Role } from '../../../runtime/words.ts';
import { actor } from '../../support/deploys.ts';
import { accept } from '../../support/manifest.ts';

const ACTIVE_YAML = `name: Shop
slug: shop
params:
  - {key: COLOUR, value: red}
  # Where the API is.
  - {key: API, value: "https://api.example.com"}
  - {key: BOSS, value: "1", manager: true}
secrets: [{key: TOKEN, in: [header]}]
egress: {allow: [{param: API}]}
limits: {timeout: 10s} # short on purpose
keep: {ledger: 2y, logs: 1d}
tasks:
  - name: Orders
    code: tasks/orders.ts
    limits: {timeout: 5s}
    triggers:
      - {type: webhook, name: ORDERS}
      - {type: cron, name: NIGHTLY, every: 1 day, user: manager}
`;
const BUNDLE = {
  modules: { left: 'export default 1' },
  lock: [{ name: 'left', version: '1.0.0', integrity: null }],
};
const PROTECTED = 'export function send() {}';

const activeOf = (yaml: string): ActiveFiles => ({
  files: { 'project.yaml': yaml, 'protected.ts': PROTECTED, 'tasks/orders.ts': '' },
  bundle: BUNDLE,
  manifest: accept(yaml).manifest,
});
const active = activeOf(ACTIVE_YAML);

interface Deploy {
  readonly yaml: string;
  readonly files?: Record<string, string>;
  readonly bundle?: typeof BUNDLE | null;
  readonly role?: Role;
  readonly isNew?: boolean;
  readonly before?: ActiveFiles;
}

function judge({
  yaml,
  files = {},
  bundle = null,
  role = 'developer',
  isNew = false,
  before = active,
}: Deploy) {
  const { manifest, source } = accept(yaml);
  const all = { 'project.yaml': yaml, ...files };
  return judgeDeploy({ files: all, bundle, manifest, source }, isNew ? undefined : before, actor(role));
}

/** What only a Manager may change, as the refusal lists it. */
function refused(deploy: Deploy): unknown {
  try {
    judge(deploy);
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden' && error.status === 403) return error.details;
    throw error;
  }
  return 'accepted';
}

const read = (files: Readonly<Record<string, string>>) => accept(files['project.yaml'] ?? '').manifest;

it('lets no User deploy', () => {
  expect(() => judge({ yaml: ACTIVE_YAML, role: 'user' })).toThrow('Users cannot deploy');
});

describe("a Manager's deploy", () => {
  it('is taken as it is: what is absent is removed', () => {
    const judged = judge({ yaml: 'name: Shop\nslug: shop', role: 'manager' });
    expect(judged).toEqual({ files: { 'project.yaml': 'name: Shop\nslug: shop' }, bundle: null });
  });
});

describe("a Developer's deploy", () => {
  const WITHOUT = `name: Shop renamed # mine
slug: shop
params: [{key: COLOUR, value: blue}, {key: SIZE, value: L}]
tasks:
  - {name: New, code: tasks/new.ts, triggers: [{type: button, name: GO}]}
  - name: Orders
    code: tasks/orders.ts
    triggers:
      - {type: cron, name: NIGHTLY, every: 2 days}
      - {type: webhook, name: ORDERS}
`;

  it('keeps what is absent and only a Manager may change', () => {
    const { files, bundle } = judge({ yaml: WITHOUT });
    const manifest = read(files);
    expect(files['protected.ts']).toBe(PROTECTED);
    expect(bundle).toEqual(BUNDLE);
    expect(manifest.secrets).toEqual(active?.manifest.secrets);
    expect(manifest.egress).toEqual(active?.manifest.egress);
    expect(manifest.limits.timeout).toBe(10_000);
    expect(manifest.tasks.map((task) => task.limits.timeout)).toEqual([null, 5000]);
    expect(manifest.tasks[1]?.triggers[0]).toMatchObject({
      name: 'NIGHTLY',
      every: 172_800_000,
      user: 'manager',
    });
  });

  it('changes the rest', () => {
    const manifest = read(judge({ yaml: WITHOUT }).files);
    expect(manifest.name).toBe('Shop renamed');
    expect(manifest.tasks.map((task) => task.name)).toEqual(['New', 'Orders']);
    expect(manifest.params.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'COLOUR=blue',
      'SIZE=L',
      'API=https://api.example.com',
      'BOSS=1',
    ]);
  });

  it('keeps the comments of both files', () => {
    const text = judge({ yaml: WITHOUT }).files['project.yaml'];
    expect(text).toContain('# mine');
    expect(text).toContain('# short on purpose');
  });

  it('keeps the limits of a task once when it is split in two', () => {
    const split = (name: string, limits = '') => `name: Shop
slug: shop
tasks:
  - {name: ${name}, code: tasks/new.ts}
  - {name: Second, code: tasks/orders.ts${limits}}
`;
    const timeouts = (yaml: string) => read(judge({ yaml }).files).tasks.map((task) => task.limits.timeout);
    expect(timeouts(split('Orders'))).toEqual([5000, null]);
    expect(timeouts(split('Others'))).toEqual([null, 5000]);
    expect(refused({ yaml: split('Orders', ', limits: {timeout: 5s}') })).toEqual(['tasks[1].limits']);
  });

  it('may repeat what is active, and is then taken as it is', () => {
    const files = { 'protected.ts': PROTECTED };
    const judged = judge({ yaml: ACTIVE_YAML, files, bundle: BUNDLE });
    expect(judged).toEqual({ files: { 'project.yaml': ACTIVE_YAML, ...files }, bundle: BUNDLE });
  });

  it('may leave every list empty', () => {
    const judged = judge({ yaml: 'name: A\nslug: a\nparams:\nsecrets:\negress: ~' });
    expect(read(judged.files).params.map((param) => param.key)).toEqual(['API', 'BOSS']);
    expect(read(judged.files).secrets).toHaveLength(1);
  });

  it.each([
    ['in one line', '{name: Shop, slug: shop}'],
    ['in lines of Windows', 'name: Shop\r\nslug: shop\r\n'],
    ['as a marked document', '# mine\n---\nname: Shop\nslug: shop\n...\n'],
    ['with keys in quotes, and empty', '"name": Shop\n"slug": shop\n"secrets":\n"limits": ~\n'],
  ])('may be written %s', (_, yaml) => {
    const manifest = read(judge({ yaml }).files);
    const { secrets, egress, limits, params } = accept(ACTIVE_YAML).manifest;
    expect(manifest).toMatchObject({ secrets, egress, limits, params: params.slice(1) });
  });

  it.each([
    ['secrets', ACTIVE_YAML.replace('in: [header]', 'in: [body]'), ['secrets']],
    ['secrets to nothing', ACTIVE_YAML.replace(/secrets: .*/, 'secrets: []'), ['secrets']],
    ['egress', ACTIVE_YAML.replace('{param: API}', 'evil.example.com'), ['egress']],
    ['limits', ACTIVE_YAML.replace('10s', '10m'), ['limits']],
    ['how long the ledger is kept, to shorter', ACTIVE_YAML.replace('2y', '1y'), ['keep.ledger']],
    ['what the ledger shows', ACTIVE_YAML.replace('2y', '2y, excerpt: none'), ['keep.excerpt']],
    ['env', `${ACTIVE_YAML}env: other`, ['env']],
    ['realm', `${ACTIVE_YAML}realm: own`, ['realm']],
    ['shared_packages', `${ACTIVE_YAML}shared_packages: [zod]`, ['shared_packages']],
    ['limits of a task', ACTIVE_YAML.replace('5s', '5m'), ['tasks[0].limits']],
    ['realm of a task', ACTIVE_YAML.replace('limits: {timeout: 5s}', 'realm: own'), ['tasks[0].realm']],
    ['a param that egress uses', ACTIVE_YAML.replace('https://api', 'https://evil'), ['params.API']],
    ['a param of Managers', ACTIVE_YAML.replace('"1", manager: true', '"2", manager: true'), ['params.BOSS']],
    ['a param of Managers to be free', ACTIVE_YAML.replace(', manager: true', ''), ['params.BOSS']],
    [
      'a param to be of Managers',
      ACTIVE_YAML.replace('value: red', 'value: red, manager: true'),
      ['params.COLOUR'],
    ],
    [
      'the user of a cron trigger',
      ACTIVE_YAML.replace('user: manager', 'user: boss'),
      ['tasks[0].triggers[1].user'],
    ],
  ])('may not change %s', (_, yaml, keys) => {
    expect(refused({ yaml })).toEqual(keys);
  });

  it('may have the ledger kept for longer, and leave its age out', () => {
    const ledgerOf = (yaml: string) => read(judge({ yaml }).files).keep.ledger / 86_400_000;
    expect(ledgerOf(ACTIVE_YAML.replace('2y', '3y'))).toBe(3 * 365);
    for (const keep of ['', 'keep: {logs: 5d}', 'keep:', 'keep: ~']) {
      const yaml = ACTIVE_YAML.replace(/keep: .*/, keep);
      expect(ledgerOf(yaml)).toBe(2 * 365);
      const { logs } = read(judge({ yaml }).files).keep;
      expect(logs / 86_400_000).toBe(keep.includes('5d') ? 5 : 30);
    }
  });

  it('leaves out what the ledger shows, and it stays so', () => {
    const before = activeOf(ACTIVE_YAML.replace('2y', '2y, excerpt: none'));
    for (const yaml of [ACTIVE_YAML, ACTIVE_YAML.replace(/keep: .*/, '')])
      expect(read(judge({ yaml, before }).files).keep.excerpt).toBe('none');
    expect(refused({ yaml: ACTIVE_YAML.replace('2y', '2y, excerpt: all'), before })).toEqual([
      'keep.excerpt',
    ]);
  });

  it('may make a cron trigger its own', () => {
    const yaml = ACTIVE_YAML.replace('user: manager', 'user: developer');
    expect(read(judge({ yaml }).files).tasks[0]?.triggers[1]).toMatchObject({ user: 'developer' });
  });

  it('may not change Protected Code, nor its packages, nor its language', () => {
    expect(refused({ yaml: ACTIVE_YAML, files: { 'protected.ts': `${PROTECTED} ` } })).toEqual([
      'protected.ts',
    ]);
    expect(refused({ yaml: ACTIVE_YAML, files: { 'protected.js': PROTECTED } })).toEqual(['protected.js']);
    expect(refused({ yaml: ACTIVE_YAML, bundle: { ...BUNDLE, lock: [] } })).toEqual([
      'the packages of Protected Code',
    ]);
  });

  it('is told of everything at once', () => {
    const yaml = ACTIVE_YAML.replace('10s', '10m').replace('5s', '5m');
    expect(refused({ yaml, files: { 'protected.ts': '' } })).toEqual([
      'protected.ts',
      'limits',
      'tasks[0].limits',
    ]);
  });

  it('of a new project has no Protected Code, and only defaults in the keys of Managers', () => {
    const fresh = 'name: A\nslug: a\nenv: embedded\nsecrets: []\nlimits: {}';
    expect(judge({ yaml: fresh, isNew: true }).files).toEqual({ 'project.yaml': fresh });
    expect(refused({ yaml: ACTIVE_YAML, isNew: true, files: { 'protected.ts': '' } })).toEqual([
      'protected.ts',
      'secrets',
      'egress',
      'limits',
      'tasks[0].limits',
      'tasks[0].triggers[1].user',
      'params.BOSS',
    ]);
  });
});

describe('who may call a webhook', () => {
  const GUARDED = (keys: string) => `name: Shop
slug: shop
secrets: [{key: TOKEN}, {key: OTHER}]
tasks:
  - name: Orders
    code: tasks/orders.ts
    triggers:
      - {type: webhook, name: ORDERS${keys}}
`;
  const AUTH = ', auth: {type: github, secret: TOKEN}, allow_from: [10.0.0.0/8], dedupe: {content: topic}';
  const guarded: ActiveFiles = {
    files: { 'project.yaml': GUARDED(AUTH), 'tasks/orders.ts': '' },
    bundle: null,
    manifest: accept(GUARDED(AUTH)).manifest,
  };
  const deploy = (yaml: string, before: ActiveFiles = guarded) => {
    const { manifest, source } = accept(yaml);
    const files = { 'project.yaml': yaml };
    return judgeDeploy({ files, bundle: null, manifest, source }, before, actor('developer'));
  };

  it('stays when a Developer leaves it out, also in another task', () => {
    const moved = GUARDED(', methods: [POST]').replace('name: Orders', 'name: Another');
    for (const yaml of [GUARDED(''), moved]) {
      const [trigger] = read(deploy(yaml).files).tasks[0]?.triggers ?? [];
      expect(trigger).toMatchObject({
        auth: { type: 'github', secret: 'TOKEN' },
        allow_from: ['10.0.0.0/8'],
        dedupe: { content: 'topic' },
      });
    }
    expect(read(deploy(GUARDED(AUTH)).files).tasks[0]?.triggers[0]).toMatchObject({
      auth: { secret: 'TOKEN' },
    });
  });

  it.each([
    [AUTH.replace('TOKEN', 'OTHER'), 'auth'],
    [AUTH.replace('github', 'shopify'), 'auth'],
    [AUTH.replace('secret: TOKEN', 'secret: TOKEN, previous_secret: OTHER'), 'auth'],
    [', auth: {type: none}', 'auth'],
    [AUTH.replace('10.0.0.0/8', '0.0.0.0/0'), 'allow_from'],
    [AUTH.replace('[10.0.0.0/8]', '[]'), 'allow_from'],
    [AUTH.replace('content: topic', 'content: none'), 'dedupe'],
    [AUTH.replace('content: topic', 'header: X-Other'), 'dedupe'],
  ])('is not changed to "%s" by a Developer', (keys, key) => {
    expect(() => deploy(GUARDED(keys))).toThrow(`tasks[0].triggers[0].${key}`);
  });

  it('is not said of a new webhook by a Developer', () => {
    expect(() => deploy(GUARDED(AUTH).replace('ORDERS', 'NEW'))).toThrow('tasks[0].triggers[0].auth');
    expect(() => deploy(GUARDED(', dedupe: {header: X-Id}').replace('ORDERS', 'NEW'))).toThrow(
      'tasks[0].triggers[0].dedupe',
    );
  });

  it('is not known of a version that was deployed before it could be said', () => {
    const old = JSON.parse(JSON.stringify(accept(GUARDED('')).manifest));
    for (const key of ['auth', 'allow_from', 'methods', 'dedupe']) delete old.tasks[0].triggers[0][key];
    expect(() => deploy(GUARDED(''), { ...guarded, manifest: old })).not.toThrow();
  });
});
