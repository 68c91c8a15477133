import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ivm from 'isolated-vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePackages, PackageError } from '../../../sandbox/compile/bundle-packages.ts';
import { PROTECTED_FILENAME } from '../../../sandbox/compile/filenames.ts';
import { compiledProtected } from '../../support/compiled.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a realm provides, as far as these packages need it. */
const STUBS = `
  class Headers { constructor(all = {}) { this.all = all } get(name) { return this.all[name] ?? null } }
  class URL { constructor(text) { this.href = text } }
  class Response {
    constructor(body) { this.body = body; this.ok = true; this.status = 200; this.headers = new Headers() }
    async text() { return this.body }
    async json() { return JSON.parse(this.body) }
  }
  const fetch = async (url, options) => new Response(JSON.stringify({ url: String(url), auth: options.headers.Authorization, sent: options.body }));
  const TextEncoder = class { encode() { return new Uint8Array() } };
  const capabilities = { Headers, URL, Response, fetch, TextEncoder, globalThis, secrets: { TOKEN: 'tkn' } };`;

/** What \`f()\` of Protected Code returns, its packages bundled and all of it run in a bare isolate. */
async function run(source: string): Promise<unknown> {
  const bundle = await bundlePackages(ROOT, source, 'protected.ts');
  const unit = await compiledProtected(source, bundle);
  const isolate = new ivm.Isolate({ memoryLimit: 64 });
  try {
    const context = await isolate.createContext();
    const script = await isolate.compileScript(unit.code, { filename: PROTECTED_FILENAME });
    const factory = await script.run(context, { reference: true });
    const text: unknown = await context.evalClosure(
      `${STUBS} return (async () => JSON.stringify(await (await $0.deref()(capabilities)).f()))();`,
      [factory],
      { result: { promise: true } },
    );
    return JSON.parse(String(text));
  } finally {
    isolate.dispose();
  }
}

describe('a package of the project folder', () => {
  it('runs in Protected Code: dropbox', async () => {
    const answer = await run(`
      import { Dropbox } from 'dropbox';
      export async function f() {
        const { result } = await new Dropbox({ accessToken: secrets.TOKEN, fetch }).filesListFolder({ path: '/in' });
        return result;
      }`);
    expect(answer).toEqual({
      url: 'https://api.dropboxapi.com/2/files/list_folder',
      auth: 'Bearer tkn',
      sent: '{"path":"/in"}',
    });
  });

  it.each(["import { z } from 'zod'", "import z from 'zod'", "import * as z from 'zod'"])(
    'runs in Protected Code: zod, by %s',
    async (statement) => {
      const answer = await run(`
        ${statement};
        const User = z.object({ name: z.string().min(2), age: z.number().optional() });
        export const f = () => [User.safeParse({ name: 'Jo' }).success, User.safeParse({ name: 'J' }).error?.issues[0]?.code];`);
      expect(answer).toEqual([true, 'too_small']);
    },
  );

  it('is named in the lock with its version', async () => {
    const source = "import { z } from 'zod'; import { Dropbox } from 'dropbox'; z; new Dropbox()";
    const { lock, modules } = await bundlePackages(ROOT, source, 'protected.ts');
    expect(lock.map(({ name }) => name)).toEqual(['dropbox', 'zod']);
    expect(lock.every(({ version }) => /^\d+\.\d+\.\d+/.test(version))).toBe(true);
    expect(Object.keys(modules)).toEqual(['zod', 'dropbox']);
  });

  it('is bundled whole, so that another of its names can be imported later', async () => {
    const bundle = await bundlePackages(
      ROOT,
      "import { Dropbox } from 'dropbox'; new Dropbox()",
      'protected.ts',
    );
    const unit = await compiledProtected(
      "import { DropboxAuth } from 'dropbox'; export const A = DropboxAuth",
      bundle,
    );
    expect(unit.exports.map(({ name }) => name)).toEqual(['A']);
  });
});

describe('the folder of a project', () => {
  let folder: string;
  const files: Record<string, string> = {
    'package.json': '{"name": "project", "version": "0.0.0"}',
    'tsconfig.json': '{"compilerOptions": {"paths": {"outer": ["./elsewhere.ts"]}}}',
    'node_modules/.package-lock.json':
      '{"packages": {"node_modules/inner": {"integrity": "sha512-of-inner"}, "node_modules/outer": {}}}',
    'node_modules/outer/package.json':
      '{"name": "outer", "version": "1.2.3", "exports": {"./sub": "./lib/sub.js", ".": {"node": "./node.js", "import": "./lib/index.js"}}}',
    'node_modules/outer/lib/package.json': '{"type": "module"}',
    'node_modules/outer/lib/index.js':
      'export { inner } from "inner"; export const mode = process.env.NODE_ENV',
    'node_modules/outer/lib/sub.js': 'export default () => "sub"',
    'node_modules/inner/package.json': '{"name": "inner", "version": "4.5.6-rc.1", "main": "index.js"}',
    'node_modules/inner/index.js': 'exports.inner = () => "inner"; exports.other = 1',
    'node_modules/web/package.json':
      '{"name": "web", "version": "1.0.0", "main": "./node.js", "browser": {"./node.js": "./web.js", "fs": false}}',
    'node_modules/worker/package.json':
      '{"name": "worker", "version": "1.0.0", "exports": {"worker": "./worker.js", "default": "./node.js"}}',
    'node_modules/worker/worker.js': 'export const place = "worker"',
    'node_modules/web/node.js': 'exports.place = require("fs").readFileSync("place")',
    'node_modules/web/web.js': 'require("fs"); exports.place = "web"',
    'node_modules/disk/package.json': '{"name": "disk", "version": "1.0.0"}',
    'node_modules/disk/index.js': 'exports.read = require("fs").readFileSync; require("gone")',
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-packages-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const evaluate = async (source: string): Promise<unknown> => {
    const unit = await compiledProtected(source, await bundlePackages(folder, source, 'protected.ts'));
    return new Function(`return ${unit.code}`)()({}).f();
  };

  it('gives packages, what they depend on, and their inner modules', async () => {
    const source =
      "import { inner, mode } from 'outer'; import sub from 'outer/sub'; export const f = () => [inner(), mode, sub()]";
    expect(await evaluate(source)).toEqual(['inner', 'production', 'sub']);
    const { lock } = await bundlePackages(folder, source, 'protected.ts');
    expect(lock).toEqual([
      { name: 'inner', version: '4.5.6-rc.1', integrity: 'sha512-of-inner' },
      { name: 'outer', version: '1.2.3', integrity: null },
    ]);
  });

  it('gives CommonJS packages by name and as a whole', async () => {
    expect(await evaluate("import { inner } from 'inner'; export const f = () => inner()")).toBe('inner');
    expect(
      await evaluate("import all, { other } from 'inner'; export const f = () => [all.inner(), other]"),
    ).toEqual(['inner', 1]);
  });

  it('gives what a package has for the web', async () => {
    const source =
      "import { place } from 'web'; import * as worker from 'worker'; export const f = () => [place, worker.place]";
    expect(await evaluate(source)).toEqual(['web', 'worker']);
  });

  it('is not needed when nothing is imported', async () => {
    expect(
      await bundlePackages('/nonexistent', "import type { X } from 'outer'; let x: X", 'protected.ts'),
    ).toEqual({
      modules: {},
      lock: [],
    });
  });

  it.each([
    ["import { a } from 'absent'", 'npm install absent'],
    ["import { a } from 'outer/absent'", 'outer/absent'],
    ["import { absent as a } from 'outer'", 'No matching export'],
    ["import { read as a } from 'disk'", 'needs fs, gone'],
    ["import a from './elsewhere.ts'", 'common.ts'],
    ["import a from 'node:fs'", 'web standards'],
  ])('lacks what is imported: %s', async (statement, says) => {
    const bundling = bundlePackages(folder, `\n${statement}; a()`, 'protected.ts');
    await expect(bundling).rejects.toThrow(PackageError);
    await expect(bundling).rejects.toMatchObject({
      diagnostics: [{ file: 'protected.ts', line: 2, column: 1, message: expect.stringContaining(says) }],
    });
  });

  it('is the only one: packages of a folder above are named, and not taken', async () => {
    const below = join(folder, 'below');
    await mkdir(join(below, 'node_modules/near'), { recursive: true });
    await writeFile(join(below, 'node_modules/near/index.js'), 'export { inner } from "inner"');
    const bundle = (name: string) =>
      bundlePackages(below, `import { inner } from '${name}'; inner()`, 'protected.ts');
    await expect(bundle('inner')).rejects.toThrow(
      'Package "inner" is not installed. Run `npm install inner` in the project folder.',
    );
    await expect(bundle('near')).rejects.toThrow('inner is not in node_modules of this folder');
  });

  it('may have a package that npm has linked to another folder', async () => {
    const linked = join(folder, 'linked');
    await mkdir(join(linked, 'node_modules'), { recursive: true });
    await symlink(join(folder, 'node_modules/inner'), join(linked, 'node_modules/inner'));
    const { lock } = await bundlePackages(linked, "import { inner } from 'inner'; inner()", 'protected.ts');
    expect(lock.map(({ name }) => name)).toEqual(['inner']);
  });

  it('is not looked at when Protected Code is not valid', async () => {
    await expect(bundlePackages(folder, 'let a = ;', 'protected.ts')).rejects.toThrow('protected.ts:1:');
  });
});
