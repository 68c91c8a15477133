import { spawnSync } from 'node:child_process';
import { homedir, tmpdir } from 'node:os';
import path, { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheDirs } from '../../../server/binary/cache-dirs.ts';

const MODULE = new URL('../../../server/binary/cache-dirs.ts', import.meta.url).href;

describe('the places for files of our own', () => {
  it('are the home of this user, then the directory for temporary files', () => {
    expect(cacheDirs({})).toEqual([
      join(homedir(), '.cache', 'sluice'),
      join(tmpdir(), `sluice-${process.getuid?.()}`),
    ]);
  });

  it('begin with that of the systemd unit, then that of the user', () => {
    const dirs = cacheDirs({
      CACHE_DIRECTORY: '/var/cache/sluice:/var/cache/other',
      XDG_CACHE_HOME: '/fast',
    });
    expect(dirs.slice(0, 2)).toEqual(['/var/cache/sluice', '/fast/sluice']);
  });

  it('are one when the operator names it', () => {
    expect(cacheDirs({ SLUICE_CACHE_DIR: '/srv/cache', XDG_CACHE_HOME: '/fast' })).toEqual(['/srv/cache']);
  });

  it('leave out what depends on where the program is started', () => {
    expect(cacheDirs({ XDG_CACHE_HOME: 'cache' })).toEqual(cacheDirs({}));
  });

  it.runIf(process.getuid?.() === 0)('are there for a user whom the system has no entry for', () => {
    const code = `import { cacheDirs } from '${MODULE}'; console.log(JSON.stringify(cacheDirs({})))`;
    const args = ['--input-type=module', '-e', code];
    const { stdout } = spawnSync(process.execPath, args, { uid: 61_400, env: {}, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual([path.join(path.sep, 'tmp', 'sluice-61400')]);
  });
});
