import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProgram } from '../../../sandbox/compile/compile-program.ts';
import { withServerPackages } from '../../../sandbox/compile/server-packages.ts';
import type { PackageBundle } from '../../../sandbox/types.ts';
import { evaluated } from '../../support/compiled.ts';

const FILES = {
  'above/node_modules/outer/package.json': '{"name": "outer", "version": "1.0.0"}',
  'above/node_modules/outer/index.js': 'export const outer = 1;',
  'above/secret.json': '{"canary": 1}',
  'above/packages/node_modules/.package-lock.json':
    '{"packages": {"node_modules/rates": {"integrity": "sha512-x"}}}',
  'above/packages/node_modules/rates/package.json': '{"name": "rates", "version": "1.2.3"}',
  'above/packages/node_modules/rates/index.js': 'export const rate = (n) => n * 2;',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-server-packages-'));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

function compile(text: string, bundle: PackageBundle | null = null) {
  const compiler = withServerPackages(compileProgram, join(folder, 'above/packages'));
  return compiler({ files: { 'protected.ts': text }, bundle });
}

const RATES = "import { rate } from 'rates';\nexport const f = () => rate(21);";

describe('packages of the server', () => {
  it('are taken for Protected Code that comes without, and told with version and integrity', async () => {
    const compiled = await compile(RATES);
    if (!compiled.ok || compiled.program.protected === null) throw new Error(JSON.stringify(compiled));
    expect(compiled.bundle?.lock).toEqual([{ name: 'rates', version: '1.2.3', integrity: 'sha512-x' }]);
    expect((await evaluated(compiled.program.protected)).f?.()).toBe(42);
  });

  it('make the same program as when they are pushed', async () => {
    const taken = await compile(RATES);
    const pushed = await compile(RATES, taken.ok ? (taken.bundle ?? null) : null);
    expect(pushed).toMatchObject({ ok: true, program: { id: taken.ok ? taken.program.id : '' } });
    expect(pushed).not.toHaveProperty('bundle');
  });

  it('are not mixed with pushed ones', async () => {
    const bundle = { modules: { other: 'export const a = 1;' }, lock: [] };
    expect(await compile(RATES, bundle)).toMatchObject({
      ok: false,
      errors: [{ file: 'protected.ts', line: 1, column: 1, message: expect.stringContaining('sluice push') }],
    });
  });

  it.each([
    ['absent', /packages folder of the server does not have it/],
    ['outer', /outside of the packages folder/],
    ['rates/../../../secret.json', /not the name of a package/],
    ['rates/./index.js', /not the name of a package/],
    ['../../secret.json', /do not import each other/],
  ])('are those in the folder only, not %s', async (specifier, says) => {
    const result = await compile(`\n  import a from '${specifier}'; a();`);
    expect(result).toEqual({
      ok: false,
      errors: [{ file: 'protected.ts', line: 2, column: 3, message: expect.stringMatching(says) }],
      ...(specifier.includes('.') ? { needs: [] } : {}),
    });
  });

  it('are not looked for while other code is wrong', async () => {
    const compiler = withServerPackages(compileProgram, join(folder, 'above/packages'));
    const files = { 'protected.ts': RATES, 'tasks/a.ts': 'let a = ;' };
    expect(await compiler({ files, bundle: null })).toMatchObject({
      ok: false,
      errors: [{ file: 'tasks/a.ts' }],
    });
  });
});
