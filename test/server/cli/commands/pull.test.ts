import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pull } from '../../../../server/cli/commands/pull.ts';
import { captureContext, listen, type TestServer } from '../support.ts';

const FILES = { 'project.yaml': 'slug: shop\n', 'tasks/a.ts': 'export {}\n' };

let folder: string;
let dir: string;
let server: TestServer;
let exported: unknown;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-pull-'));
  dir = path.join(folder, 'shop');
  exported = { files: FILES };
  server = await listen((_request, response) => response.end(JSON.stringify(exported)));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const read = (name: string) => readFile(path.join(dir, name), 'utf8');

describe('pull', () => {
  it('writes the files of the version into a new folder', async () => {
    const context = captureContext(server.url);
    await pull(context, 'shop', dir);
    expect([await read('project.yaml'), await read('tasks/a.ts')]).toEqual(Object.values(FILES));
    expect(context.stdout()).toBe(`shop: 2 files in ${dir}\n`);
  });

  it('is quiet about files that are the same, and leaves other files alone', async () => {
    await pull(captureContext(server.url), 'shop', dir);
    await writeFile(path.join(dir, 'notes.md'), 'mine');
    await pull(captureContext(server.url), 'shop', dir);
    expect((await readdir(dir)).sort()).toEqual(['notes.md', 'project.yaml', 'tasks']);
  });

  it('names the files that would change and writes nothing', async () => {
    await mkdir(dir);
    await writeFile(path.join(dir, 'project.yaml'), 'slug: mine\n');
    const refused = pull(captureContext(server.url), 'shop', dir);
    await expect(refused).rejects.toMatchObject({ lines: ['project.yaml'], exitCode: 1 });
    await expect(refused).rejects.toThrow('--force');
    expect(await readdir(dir)).toEqual(['project.yaml']);
    await pull(captureContext(server.url), 'shop', dir, { force: true });
    expect(await read('project.yaml')).toBe('slug: shop\n');
  });

  it('writes nothing when the server sends a name that no project has', async () => {
    for (const name of [
      '../outside.ts',
      '/etc/x',
      'tasks/../../x.ts',
      'tasks\\x.ts',
      '.bashrc',
      '__proto__',
    ]) {
      exported = JSON.parse(`{"files": {"project.yaml": "a", ${JSON.stringify(name)}: "b"}}`);
      await expect(pull(captureContext(server.url), 'shop', dir)).rejects.toThrow('Nothing was written');
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not follow links out of the folder', async () => {
    const outside = path.join(folder, 'outside');
    await mkdir(outside);
    await mkdir(dir);
    await symlink(outside, path.join(dir, 'tasks'));
    await writeFile(path.join(outside, 'yaml'), 'slug: shop\n');
    await symlink(path.join(outside, 'yaml'), path.join(dir, 'project.yaml'));
    await expect(pull(captureContext(server.url), 'shop', dir)).rejects.toThrow('is a link to another place');
    expect(await readdir(outside)).toEqual(['yaml']);
    expect(await readFile(path.join(outside, 'yaml'), 'utf8')).toBe('slug: shop\n');
  });

  it('refuses what cannot be a slug before it asks anybody', async () => {
    await expect(pull(captureContext('http://127.0.0.1:1'), '../x')).rejects.toMatchObject({ exitCode: 2 });
  });
});
