import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeOut } from '../../../server/binary/take-out.ts';

const BYTES = Buffer.from('what the program carries along');
const isRoot = process.getuid?.() === 0;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-take-out-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): number => lstatSync(path).mode & 0o7777;

function expectWhole(path: string): void {
  expect(lstatSync(path).isFile()).toBe(true);
  expect(readFileSync(path).equals(BYTES)).toBe(true);
  expect(modeOf(path)).toBe(0o500);
  expect(lstatSync(path).uid).toBe(process.getuid?.());
}

describe('a file taken out', () => {
  it('is whole, can be executed by its owner only, and lies alone', () => {
    const path = takeOut(folder, 'addon.node', BYTES);
    expect(path).toBe(join(folder, 'addon.node'));
    expectWhole(path);
    expect(readdirSync(folder)).toEqual(['addon.node']);
  });

  it('may lie deeper, in folders that are private', () => {
    expectWhole(takeOut(folder, 'scripts/demo/project.yaml', BYTES));
    expect(modeOf(join(folder, 'scripts'))).toBe(0o700);
    expect(modeOf(join(folder, 'scripts/demo'))).toBe(0o700);
  });

  it('has its mode whatever the umask', () => {
    const before = process.umask(0o777);
    try {
      expect(modeOf(takeOut(folder, 'addon.node', BYTES))).toBe(0o500);
    } finally {
      process.umask(before);
    }
  });

  it('is left alone when it is already there', () => {
    const { ino } = lstatSync(takeOut(folder, 'addon.node', BYTES));
    expect(lstatSync(takeOut(folder, 'addon.node', BYTES)).ino).toBe(ino);
  });
});

describe('what lies in its place', () => {
  it.each([
    ['other bytes of the same length', Buffer.from(BYTES.toString().toUpperCase()), 0o500],
    ['only its beginning', BYTES.subarray(0, 4), 0o500],
    ['the right bytes, but others may write', BYTES, 0o522],
    ['the right bytes, but it takes the rights of its owner', BYTES, 0o4500],
  ])('is replaced: %s', (_what, bytes, mode) => {
    const path = join(folder, 'addon.node');
    writeFileSync(path, bytes);
    chmodSync(path, mode);
    expectWhole(takeOut(folder, 'addon.node', BYTES));
    expect(readdirSync(folder)).toEqual(['addon.node']);
  });

  it.runIf(isRoot)('is replaced when it belongs to another user', () => {
    const path = join(folder, 'addon.node');
    writeFileSync(path, BYTES, { mode: 0o500 });
    chownSync(path, 65534, 65534);
    expectWhole(takeOut(folder, 'addon.node', BYTES));
  });

  it('is replaced when it is a link, and what the link names is not touched', () => {
    const target = join(folder, 'target');
    writeFileSync(target, BYTES, { mode: 0o500 });
    symlinkSync(target, join(folder, 'addon.node'));
    expectWhole(takeOut(folder, 'addon.node', BYTES));
    const dangling = join(folder, 'not-made');
    symlinkSync(dangling, join(folder, 'esbuild'));
    expectWhole(takeOut(folder, 'esbuild', BYTES));
    expect(readdirSync(folder).sort()).toEqual(['addon.node', 'esbuild', 'target']);
  });

  it('is an error when it is a folder, and nothing half made is left', () => {
    mkdirSync(join(folder, 'addon.node'));
    expect(() => takeOut(folder, 'addon.node', BYTES)).toThrow();
    expect(readdirSync(folder)).toEqual(['addon.node']);
  });
});

describe('several processes that take out at once', () => {
  const TAKER = fileURLToPath(new URL('../../support/take-out-again.ts', import.meta.url));

  it('each find whole files, and leave nothing else', async () => {
    const takers = Array.from({ length: 3 }, () => spawn(process.execPath, [TAKER, folder, '40']));
    const codes = await Promise.all(takers.map(async (taker) => (await once(taker, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0]);
    const expected = Array.from({ length: 40 }, (_, round) => `file-${round}`).sort();
    expect(readdirSync(folder).sort()).toEqual(expected);
  });
});
