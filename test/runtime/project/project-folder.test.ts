import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProjectFolder } from '../../../runtime/project/project-folder.ts';
import { refusal } from '../../support/deploys.ts';
import { HEAD } from '../../support/manifest.ts';

let outside: string;
let dir: string;

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'sluice-folder-'));
  dir = join(outside, 'project');
  write('project.yaml', HEAD);
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

function write(name: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
}

/** The messages of `details`. */
async function refuse(): Promise<string[]> {
  const { code, details } = await refusal(readProjectFolder(dir));
  expect(code).toBe('invalid_project');
  return (details as { message: string }[]).map((each) => each.message);
}

describe('the folder of a project', () => {
  it('is read as the files of a deploy', async () => {
    write('common.js', '// ü');
    write('tasks/a-1.ts', '');
    expect(await readProjectFolder(dir)).toEqual({
      slug: 'shop',
      files: { 'project.yaml': HEAD, 'common.js': '// ü', 'tasks/a-1.ts': '' },
    });
  });

  it('may hold other things, which stay there', async () => {
    for (const name of [
      'README.md',
      'package.json',
      'sluice.d.ts',
      '.sluice/common-code.ts',
      '.env',
      'tasks/notes.md',
    ]) {
      write(name, 'x');
    }
    expect(Object.keys((await readProjectFolder(dir)).files)).toEqual(['project.yaml']);
  });

  it('may itself be reached through a link', async () => {
    symlinkSync(dir, join(outside, 'link'));
    expect((await readProjectFolder(join(outside, 'link'))).slug).toBe('shop');
  });

  it('has code in tasks/ under names that tasks can have', async () => {
    write('tasks/Orders.ts', '');
    expect(await refuse()).toEqual([
      'tasks/Orders.ts cannot be the file of a task: name it with a-z, 0-9 and dashes',
    ]);
  });

  it.each(['common.ts', 'tasks/a.ts'])('has no %s that is a link to something outside', async (name) => {
    writeFileSync(join(outside, 'secret'), 'x');
    mkdirSync(join(dir, 'tasks'));
    symlinkSync(join(outside, 'secret'), join(dir, name));
    expect(await refuse()).toEqual([
      `${name} is a link that leads out of the folder: put the file itself here`,
    ]);
  });

  it('has no tasks/ that is a link to a folder outside', async () => {
    mkdirSync(join(outside, 'elsewhere'));
    writeFileSync(join(outside, 'elsewhere', 'a.ts'), '');
    symlinkSync(join(outside, 'elsewhere'), join(dir, 'tasks'));
    expect(await refuse()).toEqual([expect.stringContaining('tasks/a.ts is a link that leads out')]);
  });

  it('has files that are text of at most 1 MB', async () => {
    write('common.ts', new Uint8Array([0xff, 0xfe]));
    write('protected.ts', 'x'.repeat(1024 * 1024 + 1));
    mkdirSync(join(dir, 'tasks/a.ts'), { recursive: true });
    expect(await refuse()).toEqual([
      'common.ts is not text: save it as UTF-8',
      'protected.ts is larger than 1 MB: split it up',
      'tasks/a.ts is not a file',
    ]);
  });

  it('has a project.yaml that can be read', async () => {
    write('project.yaml', 'name: A');
    expect(await refuse()).toEqual(['slug is missing']);
  });
});

it('says so when there is no project', async () => {
  expect(await refusal(readProjectFolder(join(outside, 'nothing')))).toMatchObject({ code: 'not_found' });
  expect(await refusal(readProjectFolder(outside))).toMatchObject({
    message: `There is no project.yaml in ${outside}. Name the folder of a project.`,
  });
});

it('says so when it is not a folder', async () => {
  expect(await refusal(readProjectFolder(join(dir, 'project.yaml')))).toMatchObject({
    code: 'unreadable_folder',
  });
});
