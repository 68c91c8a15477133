import { chmodSync, chownSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnReader } from '../../../../../runtime/store/sqlite/reader/spawn-reader.ts';
import { childFiles } from '../../../../../sandbox/child-command.ts';
import { bubblewrapStep } from '../../../../../sandbox/hardening/bubblewrap.ts';
import type { Hardening } from '../../../../../sandbox/hardening/find-hardening.ts';
import { readProc } from '../../../../../sandbox/proc.ts';
import { descendants } from '../../../../support/processes.ts';
import { logWrite } from '../../../../support/rows.ts';
import { testHardening } from '../../../../support/sandbox.ts';
import { openTestStore, type TestStore } from '../../../../support/store.ts';

const hardening = await testHardening();
const takes = (name: string) => hardening.measures.some((each) => each.name === name && each.taken);

let data: TestStore;
const file = (): string => join(data.dir, 'sluice.db');

function open(using: Hardening): void {
  const dir = { file: '' };
  data = openTestStore({ reads: { spawn: () => spawnReader(using, dir.file) } });
  dir.file = file();
}

beforeEach(() => open(hardening));
afterEach(() => data.close());

/** The reader itself, not the words before it. */
function reader(): number {
  const found = descendants(process.pid).find(
    ({ command }) => command[0] === process.execPath && command.at(-1) === file(),
  );
  if (found === undefined) throw new Error('There is no reader.');
  return found.pid;
}

async function readsALine(): Promise<void> {
  await data.store.appendLogs([logWrite({ message: 'here' })]);
  const { items } = await data.store.listLogs({}, { limit: 9 });
  expect(items.map(({ message }) => message)).toEqual(['here']);
}

describe.runIf(process.platform === 'linux')('the process that reads the database', () => {
  it('has nothing in its environment, no directory of its own, and leads a group', async () => {
    await readsALine();
    const pid = reader();
    expect(readProc(pid, 'environ')).toBe('');
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    const [, , group] = readProc(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    expect(Number(group)).not.toBe(process.pid);
  });

  it('has the database open, and no other file of the data directory', async () => {
    await readsALine();
    const pid = reader();
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
    const ofData = new Set(open.filter((path) => path.startsWith(data.dir)));
    expect([...ofData].sort()).toEqual([file(), `${file()}-shm`, `${file()}-wal`]);
  });

  it('meets the measures that this host allows', async () => {
    await readsALine();
    const pid = reader();
    const status = readProc(pid, 'status');
    if (takes('rights')) {
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
    }
    if (takes('limits')) {
      expect(readProc(pid, 'limits')).toMatch(/^Max core file size +0 +0 /m);
      expect(Number(readProc(pid, 'oom_score_adj'))).toBeGreaterThan(0);
    }
    if (takes('network') && !takes('bubblewrap')) {
      expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
    }
    expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toContain('--permission');
  });

  it('is the user whom the database belongs to, where that is not the root that the server is', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0 || !takes('rights'), 'only root can do that');
    const owner = 65_534;
    for (const path of [data.dir, file(), `${file()}-wal`, `${file()}-shm`]) chownSync(path, owner, owner);
    await readsALine();
    expect(readProc(reader(), 'status')).toMatch(/^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
  });

  it('reads also what root has put into the closed folder of another user', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can do that');
    chownSync(data.dir, 65_534, 65_534);
    chmodSync(data.dir, 0o700);
    await readsALine();
    if (takes('rights')) expect(readProc(reader(), 'status')).toMatch(/^CapEff:\s+0*2$/m);
  });

  it('reads in a room of bubblewrap, too, where that works', async ({ skip }) => {
    const { measure, words } = await bubblewrapStep({ shared: childFiles(), secret: [data.dir] });
    skip(!measure.taken, measure.text);
    await data.close();
    open({ ...hardening, nextUser: () => undefined, words });
    await readsALine();
  });
});
