import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import { createTypeChecker } from '../../sandbox/type-check/type-checker.ts';
import type { Diagnostic } from '../../sandbox/types.ts';
import { descendants } from '../support/processes.ts';
import { typesOf } from '../support/type-check.ts';
import { until } from '../support/wait-for.ts';

const YAML = `name: Shop
slug: shop
tasks: [{name: Orders, code: tasks/orders.ts, triggers: [{type: button, name: GO}]}]
`;

type Files = Readonly<Record<string, string>>;
type Options = Parameters<typeof createTypeChecker>[0];

/** What is found in a project with these files, as `file:line:column message`. */
async function check(code: Files, options: Options = { timeoutMs: 60_000 }, packages?: string) {
  const typeFiles = await typesOf({ 'project.yaml': YAML, ...code });
  const request = { files: code, typeFiles, ...(packages === undefined ? {} : { packages }) };
  return (await createTypeChecker(options).check(request)).map(toLine);
}

const toLine = ({ file, line, column, message }: Diagnostic) => `${file}:${line}:${column} ${message}`;
const inTask = (text: string, options?: Options) => check({ 'tasks/orders.ts': text }, options);

/** Takes the checker minutes: the crossing of two large unions. */
const BOMB = `type U = ${Array.from({ length: 3000 }, (_, n) => `{ k: ${n}; v${n}: 1 }`).join(' | ')};
declare let u: U;
declare let w: U & { z: 1 };
u = w;
const q: { k: 1; v: U }[] = [u, u, w];
type I = U & { k: number } & (U | { e: 1 });
declare let i: I;
u = i;`;

describe('type errors', () => {
  it('come with the line and column that the author wrote, explained on one line', async () => {
    const text = `// first
export function handle_button(data: { n: number }) {
  const wrong: { name: { first: string } } = { name: { first: data.n } };
  return wrong;
}`;
    expect(await inTask(text)).toEqual([
      "tasks/orders.ts:3:56 Type: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  it('are told once, though two kinds of code see Common Code', async () => {
    expect(
      await check({ 'common.ts': "export const n: number = 'x';", 'tasks/orders.ts': 'log(n);' }),
    ).toEqual(["common.ts:1:14 Type: Type 'string' is not assignable to type 'number'."]);
  });

  it('are sorted by place, and told up to twenty', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => `const n${n}: number = 'x';`);
    const found = await inTask(lines.join('\n'));
    expect(found).toHaveLength(21);
    expect(found[0]).toMatch(/^tasks\/orders\.ts:1:7 /);
    expect(found.at(-1)).toBe(':0:0 There are 5 more type errors.');
  });

  it('are not looked for in JavaScript, unless it asks', async () => {
    expect(await check({ 'tasks/orders.js': 'const n = 1; n.x.y;' })).toEqual([]);
    expect(await check({ 'tasks/orders.js': '// @ts-check\nconst n = 1; n.x;' })).toEqual([
      expect.stringMatching(/^tasks\/orders\.js:2:16 /),
    ]);
  });

  it('are not told where the author does not want it', async () => {
    expect(await inTask("// @ts-nocheck\nconst n: number = 'x';")).toEqual([]);
  });

  it('are not told of packages, which are not there to be looked at', async () => {
    const text = "import { z } from 'zod';\nexport const shape = z.object({ n: z.number() }).unknown.name;";
    const typeFiles = await typesOf({ 'project.yaml': YAML, 'tasks/orders.ts': '' });
    const found = await createTypeChecker().check({ files: { 'protected.ts': text }, typeFiles });
    expect(found).toEqual([]);
  });
});

describe('packages of a project folder', () => {
  const source = (field: string) => `import { z } from 'zod';
import { Dropbox } from 'dropbox';
const Shape = z.object({ n: z.number() });
export const read = (text: string): number => Shape.parse(JSON.parse(text)).${field};
export const list = async () =>
  (await new Dropbox({ accessToken: secrets.TOKEN ?? '', fetch }).filesListFolder({ path: '' })).result.entries.length;`;

  it('give their types', async () => {
    const packages = join(import.meta.dirname, '../../node_modules');
    const yaml = `${YAML}secrets: [{key: TOKEN}]\n`;
    const types = await typesOf({ 'project.yaml': yaml, 'tasks/orders.ts': '' });
    const checker = createTypeChecker({ timeoutMs: 60_000 });
    const found = async (field: string) =>
      (await checker.check({ files: { 'protected.ts': source(field) }, typeFiles: types, packages })).map(
        toLine,
      );
    expect(await found('n')).toEqual([]);
    expect(await found('m')).toEqual([expect.stringMatching(/^protected\.ts:4:77 .*'m' does not exist/)]);
  });

  it('are told of by their place in the folder, not in the machine', async () => {
    const packages = join(import.meta.dirname, '../../node_modules');
    const files = { 'protected.ts': "import * as zod from 'zod';\nexport const n: number = zod;" };
    const typeFiles = await typesOf({ 'project.yaml': YAML, 'tasks/orders.ts': '' });
    const checker = createTypeChecker({ timeoutMs: 60_000 });
    const found = (await checker.check({ files, typeFiles, packages })).map(toLine);
    expect(found).toEqual([expect.stringContaining('import("node_modules/zod/')]);
  });
});

describe('hostile code', () => {
  let outside: string;
  beforeAll(() => {
    outside = mkdtempSync(join(tmpdir(), 'sluice-outside-'));
    mkdirSync(join(outside, 'node_modules'));
    writeFileSync(join(outside, 'key.ts'), "export const key = 'canary-in-a-module';");
    writeFileSync(join(outside, 'key.js'), "export const key = 'canary-in-a-script';");
    writeFileSync(join(outside, 'key.json'), '{"canary_in_json": 1}');
    writeFileSync(join(outside, 'key.d.ts'), "declare const ambient: 'canary-in-a-declaration';");
  });
  afterAll(() => rmSync(outside, { recursive: true }));

  it('reads no file of the machine, by any way to name one', async () => {
    const up = `${'../'.repeat(20)}${outside.slice(1)}`;
    const names = [outside, up].flatMap((at) =>
      ['key', 'key.ts', 'key.js', 'key.json'].map((file) => `${at}/${file}`),
    );
    const wrong = names.map((name, at) => `const n${at}: 1 = null as unknown as typeof import('${name}');`);
    const text = [
      `/// <reference path="${outside}/key.d.ts" />`,
      `/// <reference path="/etc/passwd" />`,
      `/// <reference types="${outside}/key" />`,
      ...wrong,
      'const n: 1 = ambient;',
      'const m: 1 = "told";',
    ].join('\n');
    const found = (await inTask(text)).join('\n');
    expect(found).toContain('told');
    expect(found).not.toMatch(/canary|root:/);
  });

  it('cannot take longer than the time that is set, and leaves no process behind', async () => {
    expect(await inTask(BOMB, { timeoutMs: 700 })).toEqual([
      ':0:0 Types were not checked: it took longer than 0.7 s.',
    ]);
    await until('the checker is gone', () => !descendants(process.pid).some(isChecker));
  });

  it('takes no more than one processor, however much of it comes at once', async () => {
    const checker = createTypeChecker({ timeoutMs: 1_500 });
    const typeFiles = await typesOf({ 'project.yaml': YAML, 'tasks/orders.ts': BOMB });
    const request = { files: { 'tasks/orders.ts': BOMB }, typeFiles };
    const all = Promise.all(Array.from({ length: 5 }, () => checker.check(request)));
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, descendants(process.pid).filter(isChecker).length);
    }, 20);
    expect((await all).flat().map(({ message }) => message)).toEqual(
      Array(5).fill('Types were not checked: it took longer than 1.5 s.'),
    );
    clearInterval(watch);
    expect(most).toBe(1);
  });
});

const isChecker = ({ command }: { readonly command: readonly string[] }) =>
  /\/lib\/tsc$/.test(command[0] ?? '');

it('finds the same when it is shut in as this host allows', async () => {
  const hardening = await hostHardening();
  const text = "const n: number = 'x';";
  expect(await inTask(text, { hardening, timeoutMs: 60_000 })).toEqual(await inTask(text));
  expect(await inTask(BOMB, { hardening, timeoutMs: 700 })).toEqual([
    ':0:0 Types were not checked: it took longer than 0.7 s.',
  ]);
  await until('the checker is gone', () => !descendants(process.pid).some(isChecker));
});

it('finds nothing where there is no TypeScript', async () => {
  expect(createTypeChecker({ tsc: null }).available).toBe(false);
  expect(await inTask("const n: number = 'x';", { tsc: null })).toEqual([]);
});
