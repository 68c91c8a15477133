import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Outcome, Sandbox } from '../../sandbox/types.ts';
import { refusals } from '../support/compiled.ts';
import { runJob } from '../support/sandbox.ts';

/*
 * Each construct is a task of its own that goes the whole way: compiled, run in a hardened realm, its result compared. Code
 * before the handler is at the top level; `run` is what the handler returns.
 */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.stop());

interface Construct {
  readonly code?: string;
  readonly run: string;
  readonly is: unknown;
}

const TYPESCRIPT: Readonly<Record<string, Construct>> = {
  enums: {
    code: "enum Level { Low = 1, High, Top = High * 5, Named = 'n' as any }",
    run: '[Level.High, Level[2], Level.Top, Level.Named, Object.keys(Level).length]',
    is: [2, 'High', 10, 'n', 7],
  },
  'enums that go on in a second declaration': {
    code: 'enum Part { A } enum Part { B = 1 }',
    run: '[Part.A, Part.B, Part[1]]',
    is: [0, 1, 'B'],
  },
  'const enums': { code: "const enum Size { S = 's', N = 1 << 3 }", run: '[Size.S, Size.N]', is: ['s', 8] },
  'namespaces, nested and merged with functions': {
    code: `function make() { return make.count; }
      namespace make { export const count = 3; export namespace inner { export const deep = count + 1; } }`,
    run: '[make(), make.inner.deep]',
    is: [3, 4],
  },
  'import = of a namespace': {
    code: 'namespace A { export namespace B { export const c = 5; } } import d = A.B;',
    run: 'd.c',
    is: 5,
  },
  'parameter properties': {
    code: 'class P { constructor(readonly a: number, protected b = 2, private readonly c?: string) {} sum() { return [this.a + this.b, this.c]; } }',
    run: "new P(1, 3, 'x').sum()",
    is: [4, 'x'],
  },
  'abstract classes and overrides': {
    code: `abstract class Shape { abstract area(): number; twice() { return this.area() * 2; } }
      class Square extends Shape { constructor(private side: number) { super(); } override area() { return this.side ** 2; } }`,
    run: 'new Square(3).twice()',
    is: 18,
  },
  overloads: {
    code: 'function over(a: string): string; function over(a: number): number; function over(a: any) { return a; }',
    run: "[over('a'), over(1)]",
    is: ['a', 1],
  },
  'generics, with defaults, constraints and const': {
    code: 'const first = <const T extends readonly unknown[], D = T[0]>(all: T): D => all[0] as D;',
    run: "first(['a', 1] as const)",
    is: 'a',
  },
  'satisfies, as const, assertions and non-null': {
    code: 'const all = { a: 1 } as const satisfies Record<string, number>; const maybe: { b?: number } = { b: 2 };',
    run: 'all.a + maybe.b! + (<number>(3 as unknown))',
    is: 6,
  },
  'type predicates and assertion functions': {
    code: `function isText(value: unknown): value is string { return typeof value === 'string'; }
      function must(value: unknown): asserts value { if (!value) throw new Error('must'); }`,
    run: "(must(true), isText('a'))",
    is: true,
  },
  'declared names, interfaces and types without a trace': {
    code: 'declare const ghost: number; interface Bag { n: number } type Of<T> = { [K in keyof T]?: T[K] }; const bag: Of<Bag> = {};',
    run: '[typeof ghost, bag]',
    is: ['undefined', {}],
  },
  'decorators of classes, methods, fields and accessors': {
    code: `const seen: string[] = [];
      const note = (value: any, context: { kind: string; name: unknown }) => { seen.push(context.kind + ' ' + String(context.name)); };
      const plusOne = (_: unknown, __: unknown) => (start: number) => start + 1;
      @note class Noted { @note method() {} @note static fixed() {} @plusOne field = 1; @note accessor box = 7; @note get got() { return 1; } }`,
    run: '[seen.sort(), new Noted().field, new Noted().box]',
    is: [['accessor box', 'class Noted', 'getter got', 'method fixed', 'method method'], 2, 7],
  },
  'decorators that replace': {
    code: `const loud = (method: () => string, _: unknown) => function (this: unknown) { return method.call(this).toUpperCase(); };
      class Voice { @loud say() { return 'hi'; } }`,
    run: 'new Voice().say()',
    is: 'HI',
  },
  'index signatures, tuples with names, optional and rest': {
    code: 'type Row = [name: string, ...values: number[]]; const row: Row = ["r", 1, 2]; const [head, ...rest] = row;',
    run: '[head, rest]',
    is: ['r', [1, 2]],
  },
  'this parameters': {
    code: 'function own(this: { n: number }, add: number) { return this.n + add; }',
    run: 'own.call({ n: 1 }, 2)',
    is: 3,
  },
  'unique symbols and enum-like unions': {
    code: "const key: unique symbol = Symbol('k'); const bag: { [key]: number } = { [key]: 4 };",
    run: 'bag[key]',
    is: 4,
  },
};

const JAVASCRIPT: Readonly<Record<string, Construct>> = {
  'top-level await': { code: 'const later = await Promise.resolve(4);', run: 'later', is: 4 },
  'async generators and for await': {
    code: 'async function* count() { yield 1; yield* [2, 3]; }',
    run: '(async () => { const all = []; for await (const n of count()) all.push(n); return all; })()',
    is: [1, 2, 3],
  },
  'generators that are given values': {
    code: 'function* echo(): Generator<number, string, number> { const n = yield 1; return "got " + n; }',
    run: '(() => { const e = echo(); e.next(); return e.next(5).value; })()',
    is: 'got 5',
  },
  'using, in the order of closing': {
    code: 'const closed: string[] = []; const open = (name: string) => ({ [Symbol.dispose]() { closed.push(name); } });',
    run: "(() => { { using a = open('a'), b = open('b'); closed.push('in'); } return closed; })()",
    is: ['in', 'b', 'a'],
  },
  'await using': {
    code: "const closed: string[] = []; const open = () => ({ async [Symbol.asyncDispose]() { await null; closed.push('late'); } });",
    run: "(async () => { { await using it = open(); closed.push('in'); } return closed; })()",
    is: ['in', 'late'],
  },
  'stacks of what is to be closed': {
    run: `(async () => {
      const closed: string[] = [];
      { using stack = new DisposableStack(); stack.defer(() => void closed.push('a')); stack.defer(() => void closed.push('b')); }
      await using later = new AsyncDisposableStack();
      return [closed, later.disposed];
    })()`,
    is: [['b', 'a'], false],
  },
  'errors while closing': {
    run: `(() => { try { using it = { [Symbol.dispose]() { throw new Error('close'); } }; throw new Error('body'); }
      catch (error: any) { return [error.name, error.error.message, error.suppressed.message]; } })()`,
    is: ['SuppressedError', 'close', 'body'],
  },
  'private methods, static blocks and brand checks': {
    code: 'class Box { static made = 0; static { Box.made = 5; } #n = 1; #add() { return this.#n + 1; } get() { return this.#add(); } static is(v: object) { return #n in v; } }',
    run: '[Box.made, new Box().get(), Box.is(new Box()), Box.is({})]',
    is: [5, 2, true, false],
  },
  accessors: {
    code: 'class A { accessor n = 3; static accessor s = 4; }',
    run: '[new A().n, A.s]',
    is: [3, 4],
  },
  'optional chaining and logical assignment': {
    code: 'const bag: any = { a: null, f: () => 2 };',
    run: '[bag.x?.y.z, bag.f?.(), bag.g?.(), bag["a"]?.b, (bag.a ??= 5), (bag.n ||= 1), (bag.a &&= 6)]',
    is: [undefined, 2, undefined, undefined, 5, 1, 6],
  },
  'labels on loops': {
    run: '(() => { let n = 0; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; n++; } } return n; })()',
    is: 2,
  },
  'tagged templates, raw and kept': {
    code: 'const tag = (parts: TemplateStringsArray, ...values: unknown[]) => [parts.raw.join("|"), values]; const same = () => ((parts: TemplateStringsArray) => parts)`x`;',
    run: `[tag\`a\\n\${1}b\${2}\`, same() === same(), String.raw\`\\u0041\`]`,
    is: [['a\\n|b|', [1, 2]], true, '\\u0041'],
  },
  'BigInt, separators and exponents': {
    run: 'String((2n ** 64n) + 1_000n) + [0b11, 0o17, 0xff, 1_000, 2 ** 10].join()',
    is: '184467440737095526163,15,255,1000,1024',
  },
  'regular expressions with v, d, y, s, lookbehind and names': {
    run: `[/[\\p{L}--[a-z]]/v.test('a'), /b(?<c>c)/d.exec('abc')?.indices?.groups?.c, /a/y.test('ba'), /a.b/s.test('a\\nb'),
      'x1'.replace(/(?<=x)\\d/, 'y'), '2026-11'.match(/(?<y>\\d+)-(?<m>\\d+)/)?.groups?.m, /(?i:A)b/.test('ab')]`,
    is: [false, [2, 3], false, true, 'xy', '11', true],
  },
  'destructuring with defaults, computed names and rest': {
    code: "const k = 'q'; const { a: { b = 2 } = {}, [k]: c, ...others } = { q: 3, d: 4 } as any;",
    run: '[b, c, others]',
    is: [2, 3, { d: 4 }],
  },
  'classes that extend built-ins': {
    code: "class Stack extends Array<number> { top() { return this.at(-1); } } class Mine extends Error { override name = 'Mine'; }",
    run: "[Stack.from([1, 2]).top(), new Mine('m') instanceof Error, String(new Mine('m')), new Error('o', { cause: 1 }).cause]",
    is: [2, true, 'Mine: m', 1],
  },
  'proxies, Reflect, WeakMap and symbols': {
    run: '[new Proxy({}, { get: (_, name) => name }) as any]["0"].hello + new WeakMap([[{}, 1]]).has({}) + Symbol.for("a").description',
    is: 'hellofalsea',
  },
  'newer built-ins': {
    run: `[[3, 1].toSorted(), Object.groupBy([1, 2], (n) => (n % 2 ? 'odd' : 'even')).odd, [1, 2].values().map((n) => n * 2).toArray(),
      [...new Set([1]).union(new Set([2]))], 'a\\ud800'.isWellFormed(), [1, 2, 3].findLast((n) => n < 3), Array.from({ length: 2 }).with(0, 1)[0]]`,
    is: [[1, 3], [1], [2, 4], [1, 2], false, 2, 1],
  },
};

/** Runs the nth of these programs. All are tasks of one project, so that they are compiled at once. */
async function runNth(texts: readonly string[], n: number): Promise<{ outcome: Outcome; result: unknown }> {
  const files = Object.fromEntries(texts.map((text, index) => [`tasks/t${index}.ts`, text]));
  return runJob(sandbox, { files, task: `tasks/t${n}.ts` });
}

describe.each([
  ['TypeScript', TYPESCRIPT],
  ['JavaScript', JAVASCRIPT],
])('%s has', (_, constructs) => {
  const texts = Object.values(constructs).map(
    ({ code = '', run }) => `${code}\nexport async function handle_button() { return ${run}; }`,
  );
  it.each(Object.entries(constructs).map(([name, { is }], n) => ({ name, is, n })))(
    '$name',
    async ({ is, n }) => {
      const { outcome, result } = await runNth(texts, n);
      expect(outcome.status === 'done' ? result : outcome.error).toEqual(is);
    },
  );
});

describe('what there is not is said where it stands', () => {
  it.each([
    ['JSX', 'const a = 1;\n  const b = <div>{a}</div>;', 2, /^JSX/],
    ['an empty element', '\nconst b = <br/>;', 2, /^JSX/],
    ['a comparison that looks like JSX', '\nconst b = <div>;', 2, /^(?!JSX)/],
    ['export default', '\nexport default function () {}', 2, /Give it a name/],
    ['export = ', '\nexport = 5;', 2, /`export`/],
    ['import = require', "\nimport fs = require('fs');\nfs.x;", 2, /`import`/],
    ['require', "\nconst fs = require('fs');", 2, /`import`/],
    ['module.exports', '\nmodule.exports = { a: 1 };', 2, /`export`/],
    ['export * from', "\nexport * from 'zod';", 2, /does not exist here/],
    ['with', '\nwith (Math) max(1);', 2, /with/i],
    ['a name that is declared twice', 'const a = 1;\nconst a = 2;', 2, /already been declared/],
    ['await outside of async', '\nfunction f() { await 1; }', 2, /await/],
    ['a decorator that stands nowhere', '\n@dec const a = 1;', 2, /./],
  ])('%s', async (_name, text, line, says) => {
    const [error] = await refusals({ 'tasks/t.ts': text });
    expect(error).toMatchObject({ file: 'tasks/t.ts', line, message: expect.stringMatching(says) });
  });
});

const BEFORE: readonly (readonly [string, string])[] = [
  ['enums', 'enum A {\n  B,\n  C,\n}\nconst enum D { E }'],
  [
    'namespaces',
    'namespace N {\n  export const a = 1;\n  export namespace M {\n    export const b = 2;\n  }\n}',
  ],
  [
    'decorators',
    'const d = (m: unknown, c: unknown) => {};\nclass A {\n  @d\n  method() {}\n  @d accessor x = 1;\n}',
  ],
  [
    'parameter properties',
    'class A {\n  constructor(\n    private a: number,\n    readonly b: string,\n  ) {}\n}',
  ],
  [
    'types',
    'interface A {\n  b: number;\n}\ntype C = {\n  d: A;\n};\ndeclare module "x" {\n  const y: 1;\n}',
  ],
  ['overloads', 'function f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: any) {}'],
  ['abstract members', 'abstract class A {\n  abstract b(): void;\n  abstract c: number;\n}'],
  ['comments and long strings', '/*\n * a\n */\nconst a = `\n\n`; // b'],
  ['top-level await and using', 'await null;\nusing a = null;\nawait using b = null;'],
  ['CRLF line ends', 'const a = 1;\r\nenum B {\r\n  C,\r\n}'],
];

const INSIDE: readonly (readonly [string, string, number, number])[] = [
  ['an enum', 'enum A {\n  B = fail(),\n}', 2, 7],
  ['a namespace', 'namespace N {\n  export const a = 1;\n  export const b = fail();\n}', 3, 20],
  ['a parameter property', 'class A {\n  constructor(\n    readonly a = fail(),\n  ) {}\n}\nnew A();', 3, 18],
  ['a static block', 'class A {\n  static {\n    fail();\n  }\n}', 3, 5],
  ['a decorator', 'class A {\n  @(fail()) b() {}\n}', 2, 5],
  ['a field', 'class A {\n  a = 1;\n  b = fail();\n}\nnew A();', 3, 7],
];

describe('an error is found in the line that the author wrote', () => {
  const behind = BEFORE.map(
    ([, before]) =>
      `${before}\nexport function handle_button() {\n  const data: any = null;\n  return data.field;\n}`,
  );
  it.each(BEFORE.map(([name, before], n) => ({ name, line: before.split('\n').length + 3, n })))(
    'behind $name',
    async ({ line, n }) => {
      expect((await runNth(behind, n)).outcome).toMatchObject({
        status: 'failed',
        error: { name: 'TypeError', file: `tasks/t${n}.ts`, line, column: 15 },
      });
    },
  );

  const inside = INSIDE.map(
    ([, code]) =>
      `${code}\nfunction fail(): any { throw new Error('here'); }\nexport function handle_button() {}`,
  );
  it.each(INSIDE.map(([name, , line, column], n) => ({ name, line, column, n })))(
    'inside $name',
    async ({ line, column, n }) => {
      const { outcome } = await runNth(inside, n);
      if (outcome.status === 'done') throw new Error('did not fail');
      expect(outcome.error.stack).toContain(`tasks/t${n}.ts:${line}:${column}`);
    },
  );
});
