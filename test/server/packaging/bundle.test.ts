import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../../server/packaging/bundle.ts';
import { carriedFiles, idOf } from '../../../server/packaging/carried-files.ts';
import { notices } from '../../../server/packaging/notices.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const NODE = `node-${process.platform}-${process.arch}`;
/** Where it is made. */
const onLinux = process.platform === 'linux';

describe.runIf(onLinux)('the program in the binary', () => {
  let program: string;
  let inputs: readonly string[];
  beforeAll(async () => {
    ({ program, inputs } = await bundleProgram());
  });

  it('is one CommonJS text that needs no package and no file beside it', () => {
    const asked = [...program.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
    const packages = asked.filter((name) => !isBuiltin(name));
    expect(asked.length).toBeGreaterThan(10);
    // esbuild looks whether Yarn has put it into an archive, which is not so here; pg has a native part for those who ask for it.
    expect(packages).toEqual(['pnpapi', 'pg-native']);
  });

  it('names no place of the machine it was made on', () => {
    expect(program.includes(ROOT)).toBe(false);
  });

  it('asks for each native file by the name under which it is carried', () => {
    const carried = [...carriedFiles(ROOT, '137').keys()];
    for (const name of ['isolated-vm.node', 'better-sqlite3.node', 'esbuild']) {
      expect(carried).toContain(name);
      expect(program.includes(`("${name}")`)).toBe(true);
    }
  });

  it('holds no test, and nothing that makes the binary', () => {
    expect(inputs.filter((file) => /^(test|scripts|server\/packaging)\//.test(file))).toEqual([]);
  });

  it('comes with the licence of each package in it, and of Node.js', () => {
    const text = notices(ROOT, NODE, inputs);
    const titles = [...text.matchAll(/^(\S+) \d[\w.-]*\n=+$/gm)].map(([, name]) => name);
    expect(titles).toEqual(expect.arrayContaining([NODE, 'hono', 'isolated-vm', 'ses', 'zod']));
    expect(text).not.toMatch(/Licence: undefined/);
  });
});

describe.runIf(onLinux)('the files in the binary', () => {
  const files = carriedFiles(ROOT, process.versions.modules);

  it('are all there', () => {
    expect([...files.values()].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('hold the projects that come with Sluice, and no tests', () => {
    expect([...files.keys()]).toContain('scripts/demo/project.yaml');
    expect([...files.keys()]).toContain('scripts/template/tasks/hello.ts');
    expect([...files.values()].filter((path) => /test/.test(path))).toEqual([]);
  });

  it('have an id that changes with a name and with a byte', () => {
    const id = idOf(ROOT, new Map([['a', 'LICENSE']]));
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(idOf(ROOT, new Map([['a', 'LICENSE']]))).toBe(id);
    expect(idOf(ROOT, new Map([['b', 'LICENSE']]))).not.toBe(id);
    expect(idOf(ROOT, new Map([['a', 'package.json']]))).not.toBe(id);
  });
});
