import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '../../../runtime/store/sqlite/database/lock.ts';
import { levelReached, type Measure } from '../../../sandbox/hardening/levels.ts';
import { checkClock, checkDataDir, checkKeyring, checkLock } from '../../../server/doctor/data.ts';
import { checkDisk, checkMemory, checkNode } from '../../../server/doctor/machine.ts';
import { checkPort } from '../../../server/doctor/port.ts';
import { checkSandbox, checkTypeChecker } from '../../../server/doctor/shut-in.ts';

const base = mkdtempSync(path.join(tmpdir(), 'sluice-doctor-'));
let dir: string;
let count = 0;
beforeEach(() => {
  count += 1;
  dir = path.join(base, `data-${count}`);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const KEY = Buffer.alloc(32, 7).toString('base64');
const KEYRING = JSON.stringify({ keys: [{ id: 'one', key: KEY }] });

function makeData(mode = 0o700): void {
  mkdirSync(dir);
  chmodSync(dir, mode);
}

const measures = (...taken: Measure['name'][]): Measure[] =>
  (['permissions', 'limits', 'rights', 'network', 'user', 'bubblewrap'] as const).map((name) => ({
    name,
    taken: taken.includes(name),
    text: `about ${name}.`,
  }));
const hardening = (...taken: Measure['name'][]) => ({
  level: levelReached(measures(...taken)),
  measures: measures(...taken),
  nextUser: () => undefined,
  words: () => [],
});

describe('doctor', () => {
  it('tells a good Node.js from one that works and one that does not', () => {
    expect(['24.21.0', '26.1.0', '22.9.0', '25.0.0'].map((each) => checkNode(each).verdict)).toEqual([
      'ok',
      'warning',
      'problem',
      'problem',
    ]);
  });

  it('warns of little memory and little space, and says what would be enough', () => {
    const verdicts = [400, 700, 4000].map((mb) => checkMemory(mb * 1024 ** 2).verdict);
    expect(verdicts).toEqual(['problem', 'warning', 'ok']);
    const disks = [100, 1000, 4000].map((mb) => checkDisk(dir, mb * 1024 ** 2).verdict);
    expect(disks).toEqual(['problem', 'warning', 'ok']);
    expect(checkDisk(path.join(dir, 'deep', 'down')).text).toMatch(/\d B free|\d MB free|\d GB free/);
  });

  it('sees a data directory that is missing, private, open to others, or a file', () => {
    expect(checkDataDir(dir)).toMatchObject({ verdict: 'ok', text: expect.stringContaining('first start') });
    makeData();
    expect(checkDataDir(dir).verdict).toBe('ok');
    chmodSync(dir, 0o755);
    expect(checkDataDir(dir)).toMatchObject({ verdict: 'warning', todo: `Run: chmod 700 ${dir}` });
    const file = path.join(base, 'file');
    writeFileSync(file, '');
    expect(checkDataDir(file).verdict).toBe('problem');
  });

  it('finds the keyring where a start would, and never shows what is in it', () => {
    makeData();
    expect(checkKeyring(dir, {}).verdict).toBe('ok');
    const file = path.join(dir, 'keyring.json');
    writeFileSync(file, KEYRING, { mode: 0o600 });
    expect(checkKeyring(dir, {})).toMatchObject({ verdict: 'ok', text: `one key from ${file}` });
    chmodSync(file, 0o644);
    expect(checkKeyring(dir, {})).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('chmod 600'),
    });
    const given = checkKeyring(dir, { SLUICE_KEYRING: KEYRING });
    expect(given).toMatchObject({ verdict: 'ok', text: 'one key from the variable SLUICE_KEYRING' });
    const wrong = checkKeyring(dir, { SLUICE_KEYRING: `{"keys": [{"id": "a", "key": "${KEY.slice(8)}"}]}` });
    expect(wrong.verdict).toBe('problem');
    expect(JSON.stringify([given, wrong])).not.toContain(KEY.slice(8));
  });

  it('misses a keyring that data needs, and makes none', () => {
    makeData();
    writeFileSync(path.join(dir, 'sluice.db'), '');
    expect(checkKeyring(dir, {}).verdict).toBe('problem');
    expect(checkKeyring(dir, {}, true)).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('in the database, for which every node needs the same one.'),
    });
    expect(() => statSync(path.join(dir, 'keyring.json'))).toThrow('ENOENT');
  });

  it('tells a lock that is held from none and from one that was left behind', () => {
    makeData();
    expect(checkLock(dir).finding.text).toMatch(/no server/);
    const release = lockDataDir(dir);
    release();
    expect(checkLock(dir).finding.text).toBe('free');
    writeFileSync(path.join(dir, 'sluice.pid'), '{"pid": 1, "started_at": "1"}');
    expect(checkLock(dir).finding).toMatchObject({
      verdict: 'ok',
      text: expect.stringContaining('without closing'),
    });
  });

  it('sees a clock that is behind the data', () => {
    makeData();
    const file = path.join(dir, 'sluice.db');
    writeFileSync(file, '');
    expect(checkClock(dir).verdict).toBe('ok');
    const later = Date.now() / 1000 + 3600;
    utimesSync(file, later, later);
    expect(checkClock(dir).verdict).toBe('problem');
  });

  it('tells a free port from one of this directory’s server, of another Sluice and of something else', async () => {
    const isSluice = { value: true };
    const server = createServer((_request, response) =>
      response.end(isSluice.value ? '{"status":"ok"}' : 'hi'),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const check = (holder: number | null | undefined) => checkPort('127.0.0.1', port, holder);
    expect((await check(undefined)).verdict).toBe('problem');
    expect((await check(null)).verdict).toBe('warning');
    // Which process listens is told by /proc.
    const canTell = process.platform === 'linux';
    expect((await check(process.ppid)).verdict).toBe(canTell ? 'problem' : 'warning');
    expect((await check(process.pid)).verdict).toBe(canTell ? 'ok' : 'warning');
    isSluice.value = false;
    expect(await check(process.pid)).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('in use'),
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await check(process.pid)).toMatchObject({
      verdict: 'ok',
      text: expect.stringContaining('free'),
    });
  });

  it('names what is missing for the next level, or for the one that is required', () => {
    expect(checkSandbox(hardening('limits', 'rights', 'network', 'user'), 'basic').verdict).toBe('ok');
    const offline = checkSandbox(hardening('limits', 'rights', 'network'), 'offline');
    expect(offline).toMatchObject({ verdict: 'warning', text: 'level "offline"' });
    expect(offline.todo).toBe('For "sealed": about user. Or: about bubblewrap.');
    const limited = checkSandbox(hardening('limits', 'rights', 'user'), 'sealed');
    expect(limited).toMatchObject({ verdict: 'problem', todo: 'For "sealed": about network.' });
    expect(limited.details).toContain('taken: user: about user.');
  });

  it('says whether types are checked', () => {
    expect(checkTypeChecker('none').verdict).toBe('ok');
    expect(checkTypeChecker(path.join(base, 'no-such-tsc')).verdict).toBe('problem');
  });
});
