import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../../runtime/app-error.ts';
import { lockDataDir, type Release } from '../../../../../runtime/store/sqlite/database/lock.ts';

const LOCK = new URL('../../../../../runtime/store/sqlite/database/lock.ts', import.meta.url).href;

describe('the lock of a data directory', () => {
  let dir = '';
  let children: ChildProcess[] = [];
  let releases: Release[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-lock-'));
    children = [];
    releases = [];
  });
  afterEach(async () => {
    for (const release of releases) release();
    await Promise.all(children.map(kill));
    rmSync(dir, { recursive: true, force: true });
  });

  const lock = (): void => void releases.push(lockDataDir(dir));

  /** Another process that takes the lock, forgets what it was given, and says what came of it. */
  async function lockElsewhere(): Promise<{ child: ChildProcess; said: string }> {
    const script = `
      import { lockDataDir } from ${JSON.stringify(LOCK)};
      try { lockDataDir(${JSON.stringify(dir)}); gc(); process.stdout.write('locked'); }
      catch (error) { process.stdout.write(error.code + ': ' + error.message); }
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [chunk] = await once(child.stdout, 'data');
    return { child, said: String(chunk) };
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  function refusal(): AppError {
    try {
      lock();
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    throw new Error('The lock was given.');
  }

  it('is a file that only its owner can read', () => {
    lock();
    expect(statSync(join(dir, 'sluice.lock')).mode & 0o777).toBe(0o600);
  });

  it('keeps a second process out and tells it who holds it and what to do', async () => {
    lock();
    const { said } = await lockElsewhere();
    expect(said).toBe(
      `data_in_use: The data directory ${dir} is in use by process ${process.pid}. Stop that Sluice, or give this one a directory of its own with --data.`,
    );
  });

  it('is refused while another process has it, and given once that one was killed', async () => {
    const { child, said } = await lockElsewhere();
    expect(said).toBe('locked');
    expect(refusal()).toMatchObject({ code: 'data_in_use', status: 409, details: { dir, pid: child.pid } });
    await kill(child);
    lock();
  });

  it('is given to one of many that ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, lockElsewhere));
    expect(answers.filter(({ said }) => said === 'locked')).toHaveLength(1);
    expect(answers.filter(({ said }) => said.startsWith('data_in_use'))).toHaveLength(3);
  });

  it('holds within one process too, until it is released', () => {
    lock();
    expect(refusal().code).toBe('data_in_use');
    for (const release of releases) release();
    lock();
  });

  it('does not blame a process that only has the number of the holder', async () => {
    const { child } = await lockElsewhere();
    writeFileSync(join(dir, 'sluice.pid'), JSON.stringify({ pid: process.pid, started_at: '1' }));
    expect(refusal().message).toContain('is in use by another process.');
    await kill(child);
  });

  it('counts no file that a dead process left behind', () => {
    writeFileSync(join(dir, 'sluice.lock'), '');
    writeFileSync(join(dir, 'sluice.pid'), JSON.stringify({ pid: process.pid, started_at: null }));
    lock();
  });

  it('names a directory that is missing', () => {
    dir = join(dir, 'missing');
    expect(refusal()).toMatchObject({ code: 'data_unusable', message: expect.stringContaining(dir) });
  });
});
