import { describe, expect, it } from 'vitest';
import { compileProgram } from '../../../sandbox/compile/compile-program.ts';
import { compiled, compiledTask, evaluated } from '../../support/compiled.ts';

describe('a task unit', () => {
  it('gives the task its capabilities by name', async () => {
    const unit = await compiledTask('export function handle_cron() { return params.CITY + trigger_name }');
    const { handle_cron } = await evaluated(unit, { params: { CITY: 'Riga' }, trigger_name: '!' });
    expect(handle_cron?.()).toBe('Riga!');
  });

  it('warns of a name that this version does not have yet, unless the file declares it', async () => {
    const result = await compileProgram({
      files: {
        'tasks/a.ts': 'export const handle_cron = () => storage.list();',
        'tasks/b.ts': 'const storage = new Map(); export const handle_cron = () => storage.size;',
      },
      bundle: null,
    });
    expect(result).toMatchObject({
      ok: true,
      warnings: [{ file: 'tasks/a.ts', message: expect.stringContaining('"storage" is not there yet') }],
    });
  });

  it('warns of a name that only Protected Code has, unless something offers it', async () => {
    const task = (body: string) => `export const handle_cron = () => ${body};`;
    const warned = async (files: Record<string, string>) => {
      const result = await compileProgram({ files, bundle: null });
      return result.ok ? result.warnings.map(({ file, message }) => `${file}: ${message}`) : ['refused'];
    };
    expect(await warned({ 'tasks/a.ts': task('fetch("https://example.org")') })).toEqual([
      'tasks/a.ts: "fetch" is there in Protected Code only: export a function from protected.ts and call that',
    ]);
    expect(await warned({ 'common.ts': 'export const key = () => secrets.KEY;' })).toHaveLength(1);
    const protectedCode = 'export const fetch = (url: string) => url;';
    expect(await warned({ 'protected.ts': protectedCode, 'tasks/a.ts': task('fetch("x")') })).toEqual([]);
    expect(await warned({ 'protected.ts': 'export const get = () => fetch(secrets.URL);' })).toEqual([]);
    expect(await warned({ 'tasks/a.ts': `const secrets = 1; ${task('secrets')}` })).toEqual([]);
  });

  it('finds a capability that the realm lacks undefined, and a name that is none missing', async () => {
    const unit = await compiledTask(
      'export function handle_cron() { return [typeof env, typeof secrets, typeof $] }',
    );
    const { handle_cron } = await evaluated(unit, { secrets: 'not for tasks' });
    expect(handle_cron?.()).toEqual(['undefined', 'undefined', 'undefined']);
  });

  it('names handlers and all functions that a sub-job may start', async () => {
    const unit = await compiledTask(`
      export async function handle_webhook() {}
      function handle_button() {}
      const helper = async () => {};
      const other = function () {};
      const number = 1;
      let changing = () => {};
      class Thing {}
      function _quiet() {}
      { function inner() {} }
    `);
    expect(unit.handlers).toEqual(['handle_webhook', 'handle_button']);
    expect(unit.functions).toEqual(['handle_webhook', 'handle_button', 'helper', 'other', '_quiet']);
    expect(Object.keys(await evaluated(unit))).toEqual(unit.functions);
  });

  it('starts with fresh module state for every job', async () => {
    const unit = await compiledTask('let count = 0; export function handle_cron() { return ++count }');
    expect((await evaluated(unit)).handle_cron?.()).toBe(1);
    expect((await evaluated(unit)).handle_cron?.()).toBe(1);
  });

  it('lets the task declare a name that is a capability, a name of Common Code or of Protected Code', async () => {
    const unit = await compiledTask(
      `const log = 'own log'; var helper = 'own helper'; function send() { return 'own send' }
       export function handle_cron(params = 'own params') { return [log, helper, send(), params] }`,
      { 'common.ts': 'export function helper() {}', 'protected.ts': 'export function send() {}' },
    );
    const { handle_cron } = await evaluated(unit, { log: 1, params: 2 });
    expect(handle_cron?.()).toEqual(['own log', 'own helper', 'own send', 'own params']);
    expect(unit.mentions).toEqual([]);
  });

  it('keeps the variables of a task out of Common Code', async () => {
    const unit = await compiledTask('var log = 1; export const handle_cron = () => level()', {
      'common.ts': 'export const level = () => log',
    });
    expect((await evaluated(unit, { log: 'the capability' })).handle_cron?.()).toBe('the capability');
  });

  it.each(['$', '__proto__', 'async', 'of', 'constructor', 'eval_', 'protected_'])(
    'lets a task and Common Code call something %s',
    async (name) => {
      const unit = await compiledTask(`const own = ${name}; export function handle_cron() { return own }`, {
        'common.ts': name.startsWith('_') ? '' : `const ${name} = 7`,
      });
      const expected = name.startsWith('_') ? Object.prototype : 7;
      const { handle_cron } = await evaluated(unit);
      expect(handle_cron?.()).toEqual(expected);
    },
  );

  it('lists a function called __proto__ as an own name', async () => {
    const unit = await compiledTask('function __proto__() { return 5 }');
    const names = await evaluated(unit);
    expect(Object.getOwnPropertyDescriptor(names, '__proto__')?.value()).toBe(5);
  });

  it('runs the author strictly, without this and without arguments of ours', async () => {
    const unit = await compiledTask(`
      'use strict'; 'use strict';
      const outside = [this, (() => this)(), typeof arguments];
      export function handle_cron() {
        let implicit = 'allowed';
        try { undeclared = 1 } catch (error) { implicit = error.name }
        return [...outside, implicit, (function () { return this })()];
      }`);
    const { handle_cron } = await evaluated(unit);
    const [top, arrow, args, implicit, inner] = (handle_cron?.() ?? []) as unknown[];
    expect([top, arrow, implicit, inner]).toEqual([undefined, undefined, 'ReferenceError', undefined]);
    expect(args).not.toBe('function');
  });
});

describe('Common Code', () => {
  const offers = async (common: string, names: readonly string[]): Promise<unknown> => {
    const tried = names.map((name) => `typeof ${name}`).join(', ');
    const unit = await compiledTask(`export function handle_cron() { return [${tried}] }`, {
      'common.ts': common,
    });
    return (await evaluated(unit)).handle_cron?.();
  };

  it('offers all its top-level names when it exports nothing', async () => {
    const common = `function f() {} class C {} const a = 1; let b = ''; var c = true;
      const { d, e: [g, ...h], i = 1 } = { d: 1n, e: [Symbol(), 2] }; enum E { A } namespace N { export const x = 1 }`;
    expect(await offers(common, ['f', 'C', 'a', 'b', 'c', 'd', 'e', 'g', 'h', 'i', 'E', 'N'])).toEqual(
      'function function number string boolean bigint undefined symbol object number object object'.split(
        ' ',
      ),
    );
  });

  it('offers only its exports when it exports one', async () => {
    expect(await offers('export const a = 1; const b = 1; class C {}', ['a', 'b', 'C'])).toEqual([
      'number',
      'undefined',
      'undefined',
    ]);
  });

  it('offers an export under the name it is exported as', async () => {
    expect(await offers('const a = 1, c = ""; export { a as b, c }', ['a', 'b', 'c'])).toEqual([
      'undefined',
      'number',
      'string',
    ]);
  });

  it('goes on offering everything when only types are exported', async () => {
    expect(await offers('export type T = 1; export interface I {} const a = 1; export {}', ['a'])).toEqual([
      'number',
    ]);
  });

  it('keeps names that start with an underscore to itself, exported or not', async () => {
    expect(await offers('const _a = 1; const b = 1', ['_a', 'b'])).toEqual(['undefined', 'number']);
    expect(await offers('export const _a = 1; const b = 1; export { b as _c }', ['_a', '_c'])).toEqual([
      'undefined',
      'undefined',
    ]);
  });

  it('keeps helpers of the compiler to itself', async () => {
    const common = 'const mark = (value: unknown) => value; @mark class Thing {}';
    expect(await offers(common, ['Thing', '__create', '_init'])).toEqual([
      'function',
      'undefined',
      'undefined',
    ]);
  });
});

describe('top-level await', () => {
  it('makes a unit asynchronous only where it is used', async () => {
    const plain = await compiledTask('export async function handle_cron() { await 1 }');
    expect(plain.code.startsWith('(async')).toBe(false);
    const awaiting = await compiledTask('const a = await 5; export function handle_cron() { return a }');
    expect((await evaluated(awaiting)).handle_cron?.()).toBe(5);
  });

  it.each([
    ['await', 'const a = await Promise.resolve(5)'],
    ['for await', 'let a = 0; for await (const item of [Promise.resolve(5)]) a += item'],
    ['await using', 'const a = 5; { await using closed = { async [Symbol.asyncDispose]() {} } }'],
    ['a class key', 'class K { static [await Promise.resolve("b")] = 5 } const a = K.b'],
  ])('works in Common Code as %s', async (_form, common) => {
    const unit = await compiledTask('export function handle_cron() { return a }', { 'common.ts': common });
    expect((await evaluated(unit)).handle_cron?.()).toBe(5);
  });

  it('works in Protected Code', async () => {
    const program = await compiled({ 'protected.ts': 'export const a = await Promise.resolve(5)' });
    expect(await evaluated(program.protected ?? { code: '' })).toEqual({ a: 5 });
  });
});

describe('mentions of Protected Code', () => {
  const mentions = async (task: string, common = ''): Promise<readonly string[]> => {
    const unit = await compiledTask(task, {
      'common.ts': common,
      'protected.ts': 'export function send() {} export const config = 1; export function rare() {}',
    });
    return unit.mentions;
  };

  it('are the names that the task or Common Code refer to', async () => {
    expect(await mentions('export function handle_cron() { send({ config }) }')).toEqual(['send', 'config']);
    expect(await mentions('helper()', 'export const helper = () => rare()')).toEqual(['rare']);
  });

  it('are not property names, labels, or names that Common Code declares', async () => {
    expect(
      await mentions('params.send; ({ config: 1 }); class A { rare() {} } send: for (;;) break send'),
    ).toEqual([]);
    expect(await mentions('send()', 'export function send() {}')).toEqual([]);
  });

  it('come from the record of Protected Code', async () => {
    const unit = await compiledTask('export const handle_cron = () => log(1)', {
      'protected.ts': 'export function log() {} export const $ = 1',
    });
    const names = await evaluated(unit, { log: () => 'ours', protected: { log: () => 'theirs' } });
    expect(names.handle_cron?.()).toBe('theirs');
  });
});
