import { describe, expect, it } from 'vitest';
import { compiled, compiledProtected, compiledTask, evaluated, refusals } from '../../support/compiled.ts';

const returns = async (body: string): Promise<unknown> =>
  (await evaluated(await compiledTask(body))).handle_cron?.();

describe('TypeScript', () => {
  it('knows enums, namespaces and parameter properties', async () => {
    expect(
      await returns(`
        enum Colour { Red = 3, Blue }
        const enum Size { Small = 'S' }
        namespace Shapes { export const sides = 4 }
        class Point { constructor(public readonly x: number, private y = 2) {} sum() { return this.x + this.y } }
        export function handle_cron() { return [Colour.Blue, Colour[3], Size.Small, Shapes.sides, new Point(1).sum()] }`),
    ).toEqual([4, 'Red', 'S', 4, 3]);
  });

  it('knows decorators as the language has them', async () => {
    expect(
      await returns(`
        const twice = (method: () => number, context: { name: string }) =>
          function (this: unknown) { return method.call(this) * 2 };
        class Sum { @twice total() { return 21 } }
        export function handle_cron() { return new Sum().total() }`),
    ).toBe(42);
  });

  it('takes types, casts and type imports away', async () => {
    expect(
      await returns(`
        import type { Update } from 'grammy';
        import { type Context, type Bot } from 'grammy';
        declare const ghost: number;
        abstract class Base<T> { abstract get(): T }
        class One extends Base<number> { override get(): number { return <number>1 } }
        export function handle_cron(update?: Update, context?: Context, bot?: Bot) { return new One().get()! satisfies number }`),
    ).toBe(1);
  });

  it('gives fields their own value after parameter properties, as the language says', async () => {
    expect(
      await returns(`
        class A { field = 'own'; constructor(public given: string) {} }
        class B extends A { declare given: string; field = 'b' }
        export function handle_cron() { return { ...new B('x') } }`),
    ).toEqual({ given: 'x', field: 'b' });
  });

  it('keeps `using`', async () => {
    expect(
      await returns(`
        const seen: string[] = [];
        export function handle_cron() { { using it = { [Symbol.dispose]() { seen.push('closed') } } } return seen }`),
    ).toEqual(['closed']);
  });
});

describe('JavaScript', () => {
  it('is compiled from .js files', async () => {
    const { tasks } = await compiled({
      'common.js': 'const unit = "px"',
      'tasks/b.js': 'export const handle_cron = () => 5 + unit',
    });
    expect(Object.keys(tasks)).toEqual(['tasks/b.js']);
    expect((await evaluated(tasks['tasks/b.js'] ?? { code: '' })).handle_cron?.()).toBe('5px');
  });

  it('has no type syntax', async () => {
    const [error] = await refusals({ 'tasks/b.js': 'const a = 1;\nconst b: number = 2' });
    expect(error).toMatchObject({ file: 'tasks/b.js', line: 2, column: 8 });
  });
});

describe('exports of Protected Code', () => {
  const exportsOf = async (text: string): Promise<Record<string, unknown>> => {
    const { exports } = await compiledProtected(text);
    return Object.fromEntries(
      exports.map(({ name, kind, members }) => [name, kind === 'functions' ? members : kind]),
    );
  };

  it('are functions, objects of functions, and what only running it will tell', async () => {
    expect(
      await exportsOf(`
        export function a() {}
        export async function* b() {}
        export const c = async () => {};
        export const d = function () {} as () => void;
        export const e = { one() {}, async two() {}, three: () => {}, four: function () {}, five: a, 'six-7': a, a } as const;
        export const f = { one() {}, limit: 5 };
        export const g = { ...e };
        export const h = Object.freeze({ one() {} });
        export const i = { get one() { return 1 } };
        export const j = { ['one']() {} };
        export const k = {};
        export const l = { one: undefinedElsewhere };
        export let m = () => {};
        export class N {}
        export enum O { A }
        export const { p, q: [r] } = make();
        export const s = { __proto__: a };`),
    ).toEqual({
      a: 'function',
      b: 'function',
      c: 'function',
      d: 'function',
      e: ['one', 'two', 'three', 'four', 'five', 'six-7', 'a'],
      ...Object.fromEntries([...'fghijklmNOprs'].map((name) => [name, 'dynamic'])),
    });
  });

  it('leave out what starts with an underscore, members too', async () => {
    expect(
      await exportsOf(
        'const _a = 1; function _b() {} export { _b as c }; export const d = { e() {}, _f() {} }',
      ),
    ).toEqual({ c: 'function', d: ['e'] });
  });

  it('are what the unit returns', async () => {
    const unit = await compiledProtected(
      'const key = secrets.KEY; function hidden() {} export const telegram = { send: async (text: string) => key + text }; export { hidden as seen }',
    );
    const names = await evaluated(unit, { secrets: { KEY: 'k:' } });
    expect(Object.keys(names)).toEqual(['telegram', 'seen']);
    const { telegram } = names as unknown as { telegram: { send(text: string): Promise<string> } };
    expect(await telegram.send('hi')).toBe('k:hi');
  });
});

describe('a program', () => {
  it('has an id that changes with every source and with the bundle, and with nothing else', async () => {
    const id = async (
      files: Record<string, string>,
      bundle = null as null | { z: string },
    ): Promise<string> => (await compiled(files, bundle && { modules: { z: bundle.z }, lock: [] })).id;
    const first = await id({ 'common.ts': 'const a = 1', 'tasks/a.ts': '' });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await id({ 'tasks/a.ts': '', 'common.ts': 'const a = 1' })).toBe(first);
    expect(await id({ 'common.ts': 'const a = 2', 'tasks/a.ts': '' })).not.toBe(first);
    expect(await id({ 'common.js': 'const a = 1', 'tasks/a.ts': '' })).not.toBe(first);
    const bundled = await id({ 'tasks/a.ts': '' }, { z: 'export const a = 1' });
    expect(await id({ 'tasks/a.ts': '' }, { z: 'export const a = 2' })).not.toBe(bundled);
  });

  it('may have no code at all', async () => {
    expect(await compiled({})).toMatchObject({ tasks: {}, protected: null });
    expect((await compiledTask('')).functions).toEqual([]);
  });
});
