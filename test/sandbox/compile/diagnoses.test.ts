import { describe, expect, it } from 'vitest';
import { compileProgram } from '../../../sandbox/compile/compile-program.ts';
import { compiledTask, evaluated, refusals } from '../../support/compiled.ts';

describe('a syntax error', () => {
  it.each([
    ['const a = 1;\nconst b = ;', 2, 11],
    ['const a = 1;\r\nconst b = ;', 2, 11],
    ['\uFEFFconst a = ;', 1, 11],
    ['const ä = "öü😀"; const b = ;', 1, 29],
    ['function f() {', 1, 15],
    ['const a = `unterminated', 1, 24],
    ['/* unterminated', 1, 16],
    ['const a = "x\n', 1, 13],
    ['const a = 1;\nconst a = 2;', 2, 7],
    ['let a = 1;\n\nreturn a', 3, 1],
    ['if (true) {\n  break;\n}', 2, 3],
    ['const a = 1;\nlet arguments = 2', 2, 5],
    ['const a = 1;\n  eval = 2', 2, 3],
    ['const await = 2', 1, 7],
    ['const a = {};\nwith (a) {}', 2, 1],
    ['const a = 1;\ndelete a', 2, 1],
    ['const yield = 1', 1, 7],
    ['new.target', 1, 1],
    ['super.x()', 1, 1],
  ])('is reported at the line and column of the author: %j', async (text, line, column) => {
    const [error] = await refusals({ 'tasks/a.ts': text });
    expect(error).toMatchObject({ file: 'tasks/a.ts', line, column });
    expect(error?.message).toMatch(/\w/);
  });

  it.each([
    'export function then() {}',
    'const then = () => 1;',
    'export { x as y }; const x = 1, then = 2;',
    'const x = () => 1; export { x as then };',
  ])('refuses the name that promises take: %s', async (text) => {
    const [error] = await refusals({ 'protected.ts': text });
    expect(error).toMatchObject({
      file: 'protected.ts',
      line: 1,
      message: expect.stringContaining('"then"'),
    });
  });

  it('is an export of a name that does not exist', async () => {
    const [error] = await refusals({ 'common.js': 'const a = 1;\nexport { missing }' });
    expect(error).toMatchObject({ file: 'common.js', line: 2, column: 10 });
  });

  it('is not hidden by a source map that the text brings along', async () => {
    const map = JSON.stringify({ version: 3, sources: ['/etc/passwd'], names: [], mappings: 'AAAA' });
    const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
    const [error] = await refusals({ 'tasks/a.ts': `${comment}\nlet a = 1;\nimport('x');\n${comment}` });
    expect(error).toMatchObject({ file: 'tasks/a.ts', line: 3, column: 1 });
  });
});

describe('a suspicious place', () => {
  it('is a warning with its position', async () => {
    const result = await compileProgram({
      files: { 'tasks/a.ts': 'let a = 1;\nif (a === -0) a = 2' },
      bundle: null,
    });
    expect(result).toMatchObject({ ok: true, warnings: [{ file: 'tasks/a.ts', line: 2, column: 11 }] });
  });
});

describe('the files of a project', () => {
  it.each([
    ['protected.mjs'],
    ['tasks/Upper.ts'],
    ['tasks/deep/a.ts'],
    ['../tasks/a.ts'],
    ['tasks/a.tsx'],
    ['__proto__'],
    [''],
  ])('are refused by name when they are none: %j', async (file) => {
    const files = Object.fromEntries([[file, 'const a = 1']]);
    expect(await refusals(files)).toEqual([
      { file, line: 0, column: 0, message: expect.stringContaining('Not a file of code') },
    ]);
  });

  it('are refused when a .ts and a .js file would be the same', async () => {
    const [error] = await refusals({ 'common.ts': '', 'common.js': '' });
    expect(error?.message).toContain('Remove one');
  });

  it('are refused when one is larger than 1 MB', async () => {
    const [error] = await refusals({ 'tasks/a.ts': `//${'x'.repeat(1024 * 1024)}` });
    expect(error).toMatchObject({ file: 'tasks/a.ts', message: expect.stringContaining('1 MB') });
  });
});

describe('code that tries to leave its function', () => {
  it.each([
    '}); globalThis.escaped = 1; (() => {',
    'return {}; })(); } }); globalThis.escaped = 1',
    '} } }) ; (($) => { {',
    '`${',
    '"use strict',
    '/*',
    'const a = 1 /* } })',
    '<!-- a\nexport const b = 1',
    'a\n--> b\nexport const b = 1',
    '#!/bin/sh\n}',
  ])('is refused: %s', async (text) => {
    for (const file of ['tasks/a.ts', 'common.js', 'protected.ts']) {
      expect((await refusals({ [file]: text }))[0]).toMatchObject({ file });
    }
  });

  it.each([
    'const a = 1 // })',
    '// })',
    '//# sourceURL=sluice:bootstrap',
    'const a = "*/ }) //"',
    'const a = /[`})]/',
    '',
  ])('stays inside when it is only odd: %s', async (text) => {
    const unit = await compiledTask(
      `${text}\nexport function handle_cron() { return 1 }\n${text.replace('const a', 'const b')}`,
      {
        'common.ts': text,
      },
    );
    expect(unit.code).not.toContain('sourceURL');
    expect((await evaluated(unit)).handle_cron?.()).toBe(1);
  });
});

describe('code that is nested without end', () => {
  it.each([
    ['brackets', '('.repeat(5000) + ')'.repeat(5000)],
    ['open brackets', '['.repeat(900_000)],
    ['arrays', `x = ${'['.repeat(1900)}${']'.repeat(1900)}`],
    ['operators', `${'- '.repeat(3000)}a`],
    ['conditions', `${'if(a)'.repeat(3000)};`],
    ['choices', `${'a?1:'.repeat(3000)}1`],
    ['members', `a${'.b'.repeat(3000)}`],
    ['calls', `f${'()'.repeat(3000)}`],
    ['sums', `a${'+a'.repeat(3000)}`],
    ['types', `let x: ${'['.repeat(3000)}1${']'.repeat(3000)}`],
  ])('is refused: %s', async (_of, text) => {
    const [error] = await refusals({ 'tasks/a.ts': text });
    expect(error).toMatchObject({ file: 'tasks/a.ts' });
    expect(error?.message).toMatch(/nested|Unexpected|Expected/);
  });

  it('is compiled when it is only long', async () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => `  { id: ${index}, name: 'n' },`);
    const unit = await compiledTask(
      `const all = [\n${entries.join('\n')}\n];\nexport const handle_cron = () => all.length`,
    );
    expect((await evaluated(unit)).handle_cron?.()).toBe(20_000);
  });
});
