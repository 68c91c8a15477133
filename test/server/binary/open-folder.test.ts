import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../../server/binary/open-folder.ts';
import { StartError } from '../../../server/exit-codes.ts';

const MODULE = new URL('../../../server/binary/open-folder.ts', import.meta.url).href;
const ID = '0123456789abcdef';
const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0;
let dir: string;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-open-folder-')));
});
afterEach(() => rmSync(dir, { recursive: true }));

const cache = () => join(dir, 'cache');

describe('the folder for files of our own', () => {
  it('is made, with what leads to it, for this user alone', () => {
    const folder = openFolder([join(dir, 'a/b/cache')], ID);
    expect(folder).toBe(join(dir, 'a/b/cache', ID));
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(dir, 'a/b/cache')).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is the same one the next time', () => {
    writeFileSync(join(openFolder([cache()], ID), 'kept'), '');
    expect(readdirSync(openFolder([cache()], ID))).toEqual(['kept']);
  });

  it('may be in a directory that others can read, as systemd makes it', () => {
    mkdirSync(cache(), { mode: 0o755 });
    expect(openFolder([cache()], ID)).toBe(join(cache(), ID));
  });

  it('is where a link to the directory leads', () => {
    mkdirSync(join(dir, 'elsewhere'));
    symlinkSync(join(dir, 'elsewhere'), cache());
    expect(openFolder([cache()], ID)).toBe(join(dir, 'elsewhere', ID));
  });

  it('is in the first directory that can be used', () => {
    writeFileSync(join(dir, 'file'), '');
    const folder = openFolder([join(dir, 'file/cache'), cache(), join(dir, 'third')], ID);
    expect(folder).toBe(join(cache(), ID));
    expect(readdirSync(dir).sort()).toEqual(['cache', 'file']);
  });
});

describe('a directory is refused', () => {
  const refusal = (): string => {
    try {
      return `used: ${openFolder([cache()], ID)}`;
    } catch (error) {
      return error instanceof StartError ? error.message : String(error);
    }
  };

  it('when others can write to it', () => {
    mkdirSync(cache());
    chmodSync(cache(), 0o777);
    expect(refusal()).toContain(`${cache()} is open to other users`);
  });

  it('when others can look into the folder in it', () => {
    mkdirSync(join(cache(), ID), { recursive: true });
    chmodSync(join(cache(), ID), 0o750);
    expect(refusal()).toContain(`${cache()} is open to other users`);
  });

  it('when a link lies where the folder should be', () => {
    mkdirSync(join(dir, 'elsewhere'), { mode: 0o700 });
    mkdirSync(cache());
    symlinkSync(join(dir, 'elsewhere'), join(cache(), ID));
    expect(refusal()).toContain(`${cache()} holds a link`);
    expect(readdirSync(join(dir, 'elsewhere'))).toEqual([]);
  });

  it.runIf(isRoot)('when it, or the folder in it, belongs to another user', () => {
    mkdirSync(join(cache(), ID), { recursive: true, mode: 0o700 });
    chownSync(join(cache(), ID), 65534, 65534);
    expect(refusal()).toContain(`${cache()} belongs to another user`);
    chownSync(cache(), 65534, 65534);
    expect(refusal()).toContain(`${cache()} belongs to another user`);
  });

  it.runIf(canMount)('when programs cannot be started there', () => {
    mkdirSync(cache());
    const open = `import { openFolder } from '${MODULE}'; openFolder(['${cache()}'], '${ID}')`;
    const inMount = `mount -t tmpfs -o noexec,mode=700 none '${cache()}' && exec "$0" --input-type=module -e "$1"`;
    const { status, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', inMount, process.execPath, open],
      { encoding: 'utf8' },
    );
    expect(stderr).toContain(`StartError: There is no directory`);
    expect(stderr).toContain(`${cache()} is mounted noexec`);
    expect(status).toBe(1);
  });

  it('with the reason for each, and with what to do', () => {
    writeFileSync(join(dir, 'file'), '');
    mkdirSync(cache());
    chmodSync(cache(), 0o777);
    const open = () => openFolder([join(dir, 'file/cache'), cache()], ID);
    expect(open).toThrow(/file\/cache cannot be made \(ENOTDIR\); .*cache is open.*SLUICE_CACHE_DIR/);
  });
});
