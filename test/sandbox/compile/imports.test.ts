import { describe, expect, it } from 'vitest';
import type { PackageBundle } from '../../../sandbox/types.ts';
import { compiled, compiledProtected, evaluated, refusals } from '../../support/compiled.ts';

const bundleOf = (modules: Record<string, string>): PackageBundle => ({ modules, lock: [] });

const GREETER = bundleOf({
  greeter:
    'export const greet = (name) => "hello " + name; export default class Greeter {}; export { greet as "odd name" }',
  '@scope/tools/deep': 'export let value = 5',
});

describe('an import in Protected Code', () => {
  it.each([
    ["import { greet } from 'greeter'", 'greet("you")'],
    ["import { greet as hello } from 'greeter'", 'hello("you")'],
    ["import * as all from 'greeter'", 'all.greet("you")'],
    ["import { 'odd name' as hello } from 'greeter'", 'hello("you")'],
    ["import Greeter, { greet } from 'greeter'", 'new Greeter() && greet("you")'],
    ["import { value } from '@scope/tools/deep'; import { greet } from 'greeter'", 'value && greet("you")'],
    ["import $, { greet as _ } from 'greeter'; import 'greeter'", '$ && _("you")'],
  ])('takes what it names: %s', async (statement, use) => {
    const unit = await compiledProtected(`${statement};\nexport const f = () => ${use}`, GREETER);
    expect((await evaluated(unit)).f?.()).toBe('hello you');
  });

  it('may be exported again under a name', async () => {
    const unit = await compiledProtected("import { greet } from 'greeter'; export { greet }", GREETER);
    expect(unit.exports).toEqual([{ name: 'greet', kind: 'dynamic', members: [] }]);
    expect((await evaluated(unit)).greet?.('you')).toBe('hello you');
  });

  it('is not offered when the file exports nothing', async () => {
    const unit = await compiledProtected("import { greet } from 'greeter'; const a = greet('x')", GREETER);
    expect(unit.exports.map(({ name }) => name)).toEqual(['a']);
  });

  it('runs the package anew for every job, with the capabilities and without the names of the author', async () => {
    const bundle = bundleOf({
      counter: 'let count = 0; export const next = () => [++count, fetch("x"), typeof mine]',
    });
    const unit = await compiledProtected(
      "import { next } from 'counter'; const mine = 1; export function f() { return next() }",
      bundle,
    );
    for (const job of ['a', 'b']) {
      const { f } = await evaluated(unit, { fetch: () => job });
      expect(f?.()).toEqual([1, job, 'undefined']);
    }
  });

  it('waits for packages with top-level await', async () => {
    const unit = await compiledProtected(
      "import { a } from 'slow'; export const f = () => a",
      bundleOf({ slow: 'export const a = await Promise.resolve(5)' }),
    );
    expect((await evaluated(unit)).f?.()).toBe(5);
  });

  it('finds neither require nor process in a package', async () => {
    const unit = await compiledProtected(
      "import { a } from 'old'; export const f = () => a",
      bundleOf({
        old: 'export const a = [typeof require, typeof module, (() => { try { require("fs") } catch (e) { return e.name } })()]',
      }),
    );
    expect((await evaluated(unit)).f?.()).toEqual(['undefined', 'undefined', 'TypeError']);
  });

  it('does not count when only its types are used', async () => {
    const unit = await compiledProtected(
      "import { Update } from 'absent'; export function f(update: Update) {}",
    );
    expect(unit.exports.map(({ name }) => name)).toEqual(['f']);
  });

  it.each([
    ['./other', 'common.ts'],
    ['../other.ts', 'common.ts'],
    ['/etc/passwd', 'common.ts'],
    ['..', 'common.ts'],
    ['#internal', 'common.ts'],
    ['C:\\\\secrets', 'common.ts'],
    ['node:fs', 'web standards'],
    ['fs', 'web standards'],
    ['fs/promises', 'web standards'],
    ['file:///etc/passwd', 'only npm packages'],
    ['data:text/javascript,export const a = 1', 'only npm packages'],
    ['https://example.com/a.js', 'only npm packages'],
    ['npm:zod', 'only npm packages'],
    ['left-pad', 'sluice push'],
    ['toString', 'sluice push'],
    ['__proto__', 'sluice push'],
    ['greeter/inner', 'sluice push'],
    ['', 'not the name'],
    ['greeter/../../other', 'not the name'],
    ['greeter//inner', 'not the name'],
  ])('is refused when it is of %s', async (specifier, says) => {
    const text = `export const x = 1;\n  import { a } from '${specifier}'; a();`;
    const errors = await refusals({ 'protected.ts': text }, GREETER);
    expect(errors).toEqual([
      { file: 'protected.ts', line: 2, column: 3, message: expect.stringContaining(says) },
    ]);
  });

  it('is refused when the package has no such export', async () => {
    const [error] = await refusals({ 'protected.ts': "\nimport { shout } from 'greeter'; shout()" }, GREETER);
    expect(error).toMatchObject({ file: 'protected.ts', line: 2, column: 1 });
    expect(error?.message).toContain('Package "greeter" has no export "shout"');
  });

  it.each([
    ['import x from "fs"; export const a = x', 'sluice push'],
    ['export * from "./other"', 'sluice push'],
    ['export const a = ;', 'cannot be used'],
  ])('is refused when the pushed module says %s', async (module, says) => {
    const [error] = await refusals(
      { 'protected.ts': "const x = 1;\nimport { a } from 'bad'; a()" },
      bundleOf({ bad: module }),
    );
    expect(error).toMatchObject({ file: 'protected.ts', line: 2, column: 1 });
    expect(error?.message).toContain(says);
  });
});

describe('imports elsewhere', () => {
  it.each(['tasks/a.ts', 'common.ts'])('are refused in %s', async (file) => {
    const errors = await refusals({ [file]: "let a = 1;\nimport { z } from 'greeter'; z()" }, GREETER);
    expect(errors).toEqual([
      { file, line: 2, column: 1, message: expect.stringContaining('Protected Code only') },
    ]);
  });

  it.each([
    'import fs from "fs";',
    "import { z, type Z } from 'greeter';",
    "import * as all from 'greeter';",
  ])('are refused though nothing uses them: %s', async (statement) => {
    const errors = await refusals({ 'tasks/a.ts': `const a = 1;\n  ${statement}`, 'common.ts': statement });
    expect(errors.map(({ file, line, column }) => [file, line, column])).toEqual([
      ['common.ts', 1, 1],
      ['tasks/a.ts', 2, 3],
    ]);
  });

  it.each(["import type { Z } from 'greeter'; let z: Z", "import { type Z } from 'greeter'; let z: Z"])(
    'are allowed there when they are of types: %s',
    async (text) => {
      const program = await compiled({ 'tasks/a.ts': text });
      expect(Object.keys(program.tasks)).toEqual(['tasks/a.ts']);
    },
  );

  it.each([
    ["const a = 1; import('fs')", 14, '`import()`'],
    ['const a = import.meta.url', 11, '`import.meta`'],
    ['export default function f() {}', 1, '`export default`'],
    ["export { a } from 'greeter'", 1, '`export ... from`'],
    ["export * from 'greeter'", 1, '`export ... from`'],
    ["export * as g from 'greeter'", 1, '`export ... from`'],
    ['const a = 1; export { a as "b c" }', 23, 'not a name'],
    ['const a = 1; export { a as class }', 23, 'not a name'],
    ['const a = 1; export { a as arguments }', 23, 'not a name'],
  ])('and other forms are refused everywhere: %s', async (text, column, says) => {
    for (const file of ['tasks/a.ts', 'common.js', 'protected.ts']) {
      const [error] = await refusals({ [file]: `// first line\n${text}` }, GREETER);
      expect(error).toEqual({ file, line: 2, column, message: expect.stringContaining(says) });
    }
  });

  it('are all named at once, whatever file they are in', async () => {
    const errors = await refusals({
      'protected.ts': "import a from './a'; import b from './b'; a(b)",
      'common.ts': 'let x = ;',
      'tasks/a.ts': "import 'c'",
    });
    expect(errors.map(({ file }) => file)).toEqual([
      'protected.ts',
      'protected.ts',
      'common.ts',
      'tasks/a.ts',
    ]);
  });
});
