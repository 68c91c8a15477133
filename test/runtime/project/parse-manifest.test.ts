import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../runtime/project/parse-manifest.ts';
import { accept, HEAD, refuse, TASK } from '../../support/manifest.ts';

const EVERYTHING = `
name: Telegram support
slug: telegram-support
active: true
env: embedded
params:  [{key: WELCOME, value: "Hello!", description: "d", url: "u", manager: true}, {key: URL}]
texts:   [{key: GREETING, value: "Hello!", lang: en}, {key: GREETING, value: "Hallo!", lang: de}]
secrets: [{key: TOKEN, description: "d", sealed: true, hosts: [api.telegram.org], in: [url]}, {key: OTHER}]
egress:  {allow: [api.telegram.org, "*.Example.com", {param: URL}], allow_private: ["127.0.0.1:8069", "[::1]:80"]}
limits:  {timeout: 30s, cpu: 10s, memory: 64MB, concurrency: 10}
keep:    {jobs: 2 weeks, logs: 1 hour, ledger: 1y, input: failed}
realm: hardened
shared_packages: [zod, "@scope/pack"]
tasks:
  - name: Process messages
    code: tasks/process-messages.ts
    active: false
    realm: own
    limits: {timeout: 5s}
    retry: {attempts: 5, backoff: [5m, 15m, 60m, 3h]}
    triggers:
      - {type: webhook, name: TELEGRAM}
      - {type: button,  name: SETUP, data: {any: [1, null, {deep: true}]}}
      - {type: cron,    name: NIGHTLY, every: 2 hours, next: "2026-12-01T02:00:00+02:00", user: admin}
      - {type: cron,    name: AT_THREE, cron: "0 3 * * *", timezone: Europe/Berlin}
      - {type: db,      name: ON_PARTNER, model: res.partner, on: create, apply_on: [["ref","ilike","@telegram"]]}
      - {type: db,      name: ON_RENAME, model: res.partner, on: update, watched_fields: [name, email]}
      - {type: db,      name: DAY_AFTER, model: sale.order, on: time, field: date_closed, delay: 1 day, direction: after}
`;

describe('a project.yaml that uses everything', () => {
  const { manifest, warnings } = accept(EVERYTHING);

  it('is read into milliseconds, bytes and UTC times', () => {
    expect(warnings).toEqual([]);
    expect(manifest.limits).toEqual({
      timeout: 30_000,
      cpu: 10_000,
      memory: 64 * 1024 ** 2,
      concurrency: 10,
    });
    expect(manifest.keep).toEqual({
      jobs: 14 * 86_400_000,
      logs: 3_600_000,
      ledger: 365 * 86_400_000,
      input: 'failed',
      excerpt: 'all',
    });
    expect(manifest.tasks[0]?.limits).toEqual({ timeout: 5000, cpu: null, memory: null, concurrency: null });
    expect(manifest.tasks[0]?.retry).toEqual({
      attempts: 5,
      backoff: [300_000, 900_000, 3_600_000, 10_800_000],
    });
    expect(manifest.tasks[0]?.triggers[2]).toEqual({
      type: 'cron',
      name: 'NIGHTLY',
      active: true,
      every: 7_200_000,
      cron: null,
      missed: 'run_once',
      timezone: null,
      next: '2026-12-01T00:00:00.000Z',
      user: 'admin',
    });
  });

  it('keeps host patterns in lower case', () => {
    expect(manifest.egress).toEqual({
      allow: ['api.telegram.org', '*.example.com', { param: 'URL' }],
      allow_private: ['127.0.0.1:8069', '[::1]:80'],
    });
  });

  it('keeps the data of a button as it is', () => {
    expect(manifest.tasks[0]?.triggers[1]).toMatchObject({ data: { any: [1, null, { deep: true }] } });
  });

  it('is frozen all the way down', () => {
    expect(Object.isFrozen(manifest)).toBe(true);
    expect(Object.isFrozen(manifest.tasks[0]?.triggers)).toBe(true);
    expect(Object.isFrozen(manifest.params[0])).toBe(true);
  });
});

describe('what is left out', () => {
  it('has its default', () => {
    expect(accept(HEAD).manifest).toEqual({
      name: 'Shop',
      slug: 'shop',
      active: false,
      env: 'embedded',
      params: [],
      texts: [],
      secrets: [],
      egress: { allow: [], allow_private: [] },
      limits: { timeout: null, cpu: null, memory: null, concurrency: null },
      keep: {
        jobs: 30 * 86_400_000,
        logs: 30 * 86_400_000,
        ledger: 365 * 86_400_000,
        input: 'all',
        excerpt: 'all',
      },
      realm: 'hardened',
      shared_packages: [],
      models: [],
      tasks: [],
    });
  });

  it('may also be there and empty', () => {
    const text = `${HEAD}params:\nsecrets: # none yet\nlimits:\n  cpu:\nkeep: ~\ntasks:\n`;
    expect(accept(text).manifest).toEqual(accept(HEAD).manifest);
  });

  it('is the header and the URL for the places of a secret, and no place when the list is empty', () => {
    const { secrets } = accept(`${HEAD}secrets: [{key: A}, {key: B, in: []}]`).manifest;
    expect(secrets.map((secret) => secret.in)).toEqual([['header', 'url'], []]);
  });

  it('is one attempt more than there are waiting times', () => {
    const text = TASK.replace('triggers:', 'retry: {backoff: [1s, 2s]}\n    triggers:');
    expect(accept(text).manifest.tasks[0]?.retry).toEqual({ attempts: 3, backoff: [1000, 2000] });
  });
});

it('warns of a task that nothing starts', () => {
  expect(accept(TASK).warnings).toEqual([
    { file: 'project.yaml', line: 4, column: 5, message: 'task "T" has no trigger: nothing starts it' },
  ]);
});

describe('YAML that is more than plain data', () => {
  it.each([
    ['an alias', `${HEAD}texts: [*p]\nparams: &p []`, '3:9 aliases are not accepted'],
    ['an anchor', `${HEAD}params: &p []`, '3:12 anchors are not accepted'],
    ['a key given twice', `${HEAD}active: true\nname: Other`, '4:1 "name" is given twice'],
    ['a key given twice further down', `${HEAD}limits:\n  cpu: 1s\n  cpu: 2s`, '5:3 "cpu" is given twice'],
    ['the key __proto__', `${HEAD}egress: {__proto__: {allow: []}}`, '3:10 "__proto__" cannot be a key'],
    ['a tag', `${HEAD}active: !!str true`, '3:15 tags are not accepted'],
    ['an unknown tag', `${HEAD}active: !env x`, '3:9 not valid YAML'],
    ['a second document', `${HEAD}---\nname: x`, '3:1 only one document is accepted'],
    ['YAML 1.1', `%YAML 1.1\n---\n${HEAD}`, '1:1 remove the %YAML directive'],
    ['a map as a key', `${HEAD}? {a: b}\n: c`, '3:3 not valid YAML'],
    ['a number that is not one', `${HEAD}keep: {jobs: .inf}`, '3:14 not a number that JSON has'],
    ['a number that would change', `${HEAD}x: 12345678901234567890`, '3:4 too large to be kept exactly'],
    ['a list that never ends', `${HEAD}params: [`, '3:10 not valid YAML'],
    ['a tab for indentation', `${HEAD}limits:\n\tcpu: 1s`, '4:1 not valid YAML'],
    ['deep nesting', `${HEAD}x: ${'['.repeat(100)}${']'.repeat(100)}`, '3:68 nested deeper than 64 levels'],
  ])('refuses %s', (_, text, start) => {
    expect(refuse(text)[0]?.slice(0, start.length)).toBe(start);
  });

  it.each(['[', '{a: ', '- ', '}', '#\n', '? ', '&a '])(
    'refuses half a million times %j at once',
    (piece) => {
      expect(refuse(piece.repeat(500_000 / piece.length))).toHaveLength(1);
    },
  );

  it('reads YAML 1.2: yes is text, on is a key', () => {
    expect(refuse(`${HEAD}active: yes`)).toEqual(['3:9 active must be true or false']);
  });
});

describe('an unknown key', () => {
  it('is named with the one that was meant', () => {
    expect(refuse(`${HEAD}secerts: []`)).toEqual([
      expect.stringMatching(/^3:1 unknown key "secerts"\. Did you mean "secrets"\? Accepted: name, slug, /),
    ]);
  });

  it('is named at every level', () => {
    const text = `${HEAD}params: [{key: A, valeu: x}]
texts: [{key: A, language: en}]
secrets: [{key: A, hosts: [{params: A}]}]
egress: {alow: []}
limits: {wall: 1s}
keep: {audit: 1d}
tasks:
  - name: T
    code: tasks/t.ts
    triger: []
    retry: {times: 1}
    triggers: [{type: webhook, name: A, secret: x}]
`;
    const keys = refuse(text).flatMap(
      (line) => /^(\d+):\d+ unknown key "(\w+)"/.exec(line)?.slice(1).join(' ') ?? [],
    );
    expect(keys).toEqual([
      '3 valeu',
      '4 language',
      '5 params',
      '6 alow',
      '7 wall',
      '8 audit',
      '12 triger',
      '13 times',
      '14 secret',
    ]);
  });

  it('may be called like something that every object has', () => {
    expect(refuse(`${HEAD}constructor: 1\ntoString: 2`).map((line) => line.slice(0, 22))).toEqual([
      '3:1 unknown key "const',
      '4:1 unknown key "toStr',
    ]);
  });
});

describe('names that must be unique', () => {
  const two = (a: string, b: string) =>
    `${TASK}      - {${a}}\n  - name: U\n    code: tasks/u.ts\n    triggers: [{${b}}]`;

  it.each([
    ['params', `${HEAD}params: [{key: A}, {key: A}]`, '3:26 params[1].key "A" is taken by params[0].key'],
    ['secrets', `${HEAD}secrets: [{key: A}, {key: A}]`, '3:27 secrets[1].key "A" is taken by secrets[0].key'],
    [
      'texts of one language',
      `${HEAD}texts: [{key: A}, {key: A, lang: en}]`,
      '3:25 texts[1].key "A" is taken by texts[0].key',
    ],
    [
      'texts of one language, written differently',
      `${HEAD}texts: [{key: A, lang: pt_BR}, {key: A, lang: pt-br}]`,
      '3:38 texts[1].key "A" is taken by texts[0].key',
    ],
    [
      'triggers of different tasks',
      two('type: webhook, name: A', 'type: button, name: A'),
      '10:37 tasks[1].triggers[0].name "A" is taken by tasks[0].triggers[0].name',
    ],
    [
      'tasks',
      `${HEAD}tasks: [{name: A, code: tasks/a.ts}, {name: A, code: tasks/b.ts}]`,
      '3:45 tasks[1].name "A" is taken by tasks[0].name',
    ],
    [
      'code of tasks',
      `${HEAD}tasks: [{name: A, code: tasks/a.ts}, {name: B, code: tasks/a.ts}]`,
      '3:54 tasks[1].code "tasks/a.ts" is taken by tasks[0].code',
    ],
  ])('are those of %s', (_, text, start) => {
    expect(refuse(text)).toEqual([expect.stringContaining(start)]);
  });
});

it('refuses a host that comes from a param which does not exist', () => {
  expect(refuse(`${HEAD}params: [{key: API_URL}]\negress: {allow: [{param: API_URI}]}`)).toEqual([
    '4:26 egress.allow[0].param names the param "API_URI", which does not exist. Did you mean "API_URL"?',
  ]);
});

it('reports everything that is wrong at once, in the order of the file', () => {
  const text = `slug: a b\nactive: 1\nparams: [{key: A}, {key: A}]\nlimits: {cpu: 5}\nextra: 1`;
  expect(refuse(text).map((line) => line.split(' ', 2).join(' '))).toEqual([
    '1:1 name',
    '1:7 slug',
    '2:9 active',
    '3:26 params[1].key',
    '4:15 limits.cpu',
    '5:1 unknown',
  ]);
});

it('answers any damaged file with a value, never with an exception', () => {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '"',
    "'",
    '&a',
    '*a',
    '!t',
    '|\n',
    '#',
    '?',
    '\0',
    '~',
    '5',
    ',',
  ];
  for (let round = 0; round < 150; round++) {
    const start = random(EVERYTHING.length);
    const text =
      EVERYTHING.slice(0, start) + pieces[random(pieces.length)] + EVERYTHING.slice(start + random(20));
    const result = parseManifest(text);
    if (!result.ok) expect(result.errors.every((each) => each.line >= 0 && each.message !== '')).toBe(true);
  }
});

describe('an entry of egress.allow that is a map', () => {
  const allowed = (text: string) =>
    accept(`${HEAD}params: [{key: URL}]\negress: {allow: [${text}]}`).manifest.egress.allow[0];

  it.each([
    ['{host: Api.Example.com}', { host: 'api.example.com' }],
    ['{host: "*.example.com", port: 8443}', { host: '*.example.com:8443' }],
    ['{host: "[::1]", port: 80}', { host: '[::1]:80' }],
    ['{param: URL}', { param: 'URL' }],
    [
      '{param: URL, paths: ["/", "/v1/*", "/files/**"]}',
      { param: 'URL', paths: ['/', '/v1/*', '/files/**'] },
    ],
    ['{host: a.b, methods: [GET, M-SEARCH]}', { host: 'a.b', methods: ['GET', 'M-SEARCH'] }],
    ['{host: a.b, rate: {limit: 10, per: 1s}}', { host: 'a.b', rate: { limit: 10, per: 1000 } }],
  ])('%s', (text, entry) => {
    expect(allowed(text)).toEqual(entry);
  });
});

describe('cron triggers that take long to look ahead for', () => {
  const never = (n: number) => `{type: cron, name: C${n}, cron: "${n % 60} 59 0 15W * +6L"}`;
  const project = (triggers: readonly string[]) =>
    `${HEAD}tasks: [{name: T, code: tasks/t.ts, triggers: [${triggers.join(', ')}]}]\n`;

  it('are refused unread when there are many', () => {
    const begin = performance.now();
    const errors = refuse(project(Array.from({ length: 1000 }, (_, n) => never(n))));
    expect(errors).toEqual([expect.stringContaining('a project has at most 500 cron triggers')]);
    const rare = refuse(project(Array.from({ length: 101 }, (_, n) => never(n))));
    expect(rare).toEqual([expect.stringContaining('at most 100 patterns with W, L, # or +')]);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('are not those with names of months and weekdays, or by the week', () => {
    const often = ['0 3 * JUL WED', '@weekly', '0 3 * * *'];
    const triggers = Array.from(
      { length: 300 },
      (_, n) => `{type: cron, name: C${n}, cron: "${often[n % 3]}"}`,
    );
    expect(accept(project(triggers)).ok).toBe(true);
  });

  it('are told about all at once when there are few, and looked for in ten years only', () => {
    const begin = process.cpuUsage();
    expect(refuse(project([1, 2, 3].map(never)))).toEqual(
      [1, 2, 3].map(() => expect.stringContaining('never comes: there is no such day in the next ten years')),
    );
    const { user, system } = process.cpuUsage(begin);
    // In 400 years, half a second each.
    expect((user + system) / 1000).toBeLessThan(800);
  });

  it('may name ten years', () => {
    const named = (years: string) => `{type: cron, name: A, cron: "0 0 3 1 1 * ${years}"}`;
    expect(accept(project([named('2030,2031')])).ok).toBe(true);
    for (const years of ['*/2', '2030-9999', '2030-9999/7'])
      expect(refuse(project([named(years)]))).toEqual([expect.stringContaining('must name its years')]);
  });
});

describe('names that do not exist', () => {
  const many = (count: number, item: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => item(n)).join(', ');

  it.each([
    ['one key of 100,000 letters', `{key: ${'a'.repeat(100_000)}}`],
    ['2,000 keys', many(2000, (n) => `{key: A${n}${'y'.repeat(55)}}`)],
  ])('are soon compared with %s', (_, params) => {
    const begin = process.cpuUsage();
    const wanted = many(200, (n) => `{param: P${n}${'x'.repeat(40)}}`);
    const errors = refuse(`${HEAD}params: [${params}]\negress: {allow: [${wanted}]}\n`);
    expect(errors.filter((error) => error.includes('which does not exist'))).toHaveLength(200);
    const { user, system } = process.cpuUsage(begin);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});
