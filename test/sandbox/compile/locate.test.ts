import ivm from 'isolated-vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTECTED_FILENAME, TASK_FILENAME } from '../../../sandbox/compile/filenames.ts';
import { type MappedStack, mapPosition, mapStack } from '../../../sandbox/compile/locate.ts';
import type { Unit } from '../../../sandbox/types.ts';
import { compiledProtected, compiledTask } from '../../support/compiled.ts';

let isolate: ivm.Isolate;
let context: ivm.Context;

beforeAll(async () => {
  isolate = new ivm.Isolate({ memoryLimit: 64 });
  context = await isolate.createContext();
});
afterAll(() => isolate.dispose());

/** The stack with which a function of a unit fails in a real isolate, mapped back. */
async function failure(unit: Unit, filename: string, name: string): Promise<MappedStack> {
  const factory = await (await isolate.compileScript(unit.code, { filename })).run(context, {
    reference: true,
  });
  const stack: unknown = await context.evalClosure(
    `const bootstrap = async () => {
       try { const names = await $0.deref()({ params: {} }); const start = names[$1]; await start(); return 'no error'; }
       catch (error) { return error.stack; }
     };
     return bootstrap();`,
    [factory, name],
    { filename: 'sluice:bootstrap', result: { promise: true, copy: true } },
  );
  return mapStack(unit, filename, String(stack));
}

const TASK = `interface Update {
  text: string;
}

enum Colour { Red, Blue }

export async function handle_webhook(update: Update): Promise<void> {
  await null;
  [1, 2].forEach(function each(item: number) {
    helper<string>('x' as string,
      Colour.Blue);
  });
}
export function handle_cron() {
      throw new TypeError(\`first line
second line\`);
}
export const handle_db = () => JSON.parse('{');
`;

const COMMON = `// a comment
type Name = string;

export function helper<T>(name: Name, colour: T | number): void {
  if (colour) throw new Error('bad ' + name);
}
`;

describe('a stack', () => {
  it('leads to the lines of the task and of Common Code, without frames of ours', async () => {
    const unit = await compiledTask(TASK, { 'common.ts': COMMON });
    const found = await failure(unit, TASK_FILENAME, 'handle_webhook');
    expect(found.stack.split('\n')).toEqual([
      'Error: bad x',
      '    at helper (common.ts:5:21)',
      '    at each (tasks/a.ts:10:5)',
      '    at Array.forEach (<anonymous>)',
      '    at handle_webhook (tasks/a.ts:9:10)',
    ]);
    expect(found).toMatchObject({ file: 'common.ts', line: 5, column: 15 + 6 });
  });

  it('keeps a message of several lines', async () => {
    const { stack, line } = await failure(await compiledTask(TASK), TASK_FILENAME, 'handle_cron');
    expect(stack).toBe('TypeError: first line\nsecond line\n    at handle_cron (tasks/a.ts:15:13)');
    expect(line).toBe(15);
  });

  it('starts with the built-in that the author called', async () => {
    const { stack, line } = await failure(
      await compiledTask(TASK, { 'common.ts': COMMON }),
      TASK_FILENAME,
      'handle_db',
    );
    expect(stack).toMatch(/at JSON\.parse \(<anonymous>\)\n {4}at handle_db \(tasks\/a\.ts:18:37\)$/);
    expect(line).toBe(18);
  });

  it.each([
    ['const a = 1;\n\n  null_thing.x;', ''],
    ['export const ok = 1;', 'const a: number = 1;\n\n  null_thing.x;'],
    ['await 0;\n\n  null_thing.x;', 'await 1'],
  ])('leads to code outside of functions', async (task, common) => {
    const unit = await compiledTask(task, { 'common.ts': common });
    const file = task.includes('null_thing') ? 'tasks/a.ts' : 'common.ts';
    expect(await failure(unit, TASK_FILENAME, 'none')).toEqual({
      stack: `ReferenceError: null_thing is not defined\n    at ${file}:3:3`,
      file,
      line: 3,
      column: 3,
    });
  });

  it('leads to Protected Code through a package, whose frames say which package', async () => {
    const unit = await compiledProtected(
      "import { each } from '@scope/each';\n\nconst _fail = (n: number) => {\n  throw new Error('no');\n};\nexport const f = () => each([1], _fail);",
      {
        modules: { '@scope/each': 'export function each(list, f) {\n  for (const item of list) f(item);\n}' },
        lock: [],
      },
    );
    expect(await failure(unit, PROTECTED_FILENAME, 'f')).toEqual({
      stack: [
        'Error: no',
        '    at _fail (protected.ts:4:9)',
        '    at each (npm:@scope/each:2:28)',
        '    at f (protected.ts:6:24)',
      ].join('\n'),
      file: 'protected.ts',
      line: 4,
      column: 9,
    });
  });

  it('names the first line of the author when a package throws', async () => {
    const unit = await compiledProtected("import { fail } from 'bad';\nexport function f() {\n  fail();\n}", {
      modules: { bad: 'export const fail = () => { throw new Error("no") }' },
      lock: [],
    });
    const found = await failure(unit, PROTECTED_FILENAME, 'f');
    expect(found.stack).toContain('at fail (npm:bad:1:');
    expect(found).toMatchObject({ file: 'protected.ts', line: 3, column: 3 });
  });

  it('is right after lines that end in every way a line can end', async () => {
    const unit = await compiledTask(
      'const a = `x\r\ny`;\r\n// b\rconst c = `\u2028`;\nexport function handle_cron() {\r\n  c.d.e;\r\n}',
    );
    const generated = await failure(unit, TASK_FILENAME, 'handle_cron');
    expect(generated.stack.split('\n')[1]).toBe('    at handle_cron (tasks/a.ts:7:7)');
  });

  it('has no place when there is no frame of the author', async () => {
    const unit = await compiledTask(TASK);
    const stack = 'Error: x\n    at run (sluice:bootstrap:1:2)\n    at Reflect.apply (<anonymous>)';
    expect(mapStack(unit, TASK_FILENAME, stack)).toEqual({
      stack: 'Error: x',
      file: null,
      line: null,
      column: null,
    });
    expect(mapStack(unit, TASK_FILENAME, '').stack).toBe('');
  });

  it('is cut when it is written by hand without end', async () => {
    const unit = await compiledTask(TASK);
    const frames = '\n    at handle_cron (sluice:task:1000000:99999999999999999999)'.repeat(100_000);
    expect(mapStack(unit, TASK_FILENAME, `x${frames}`).stack.trim()).toBe('x');
    expect(mapStack(unit, TASK_FILENAME, '    at '.repeat(1_000_000)).stack.length).toBeLessThan(70_000);
  });
});

describe('a position', () => {
  it('belongs to nobody in the wrapper', async () => {
    const unit = await compiledTask('export const handle_cron = () => 1');
    expect(mapPosition(unit, 1, 5)).toBeUndefined();
    expect(mapPosition(unit, 2, 14)).toEqual({ file: 'tasks/a.ts', line: 1, column: 14 });
    expect(mapPosition(unit, 99, 1)).toBeUndefined();
  });
});
