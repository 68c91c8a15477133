import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childCommand } from '../child-command.ts';
import type { Hardening } from '../hardening/find-hardening.ts';

/**
 * Starts a compiler: shut in, nothing in its environment, an empty directory to stand in, and a process group of its own,
 * so that esbuild ends with it.
 */
export function spawnCompiler(hardening: Hardening): ChildProcess {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-compiler-'));
  const uid = hardening.nextUser();
  if (uid !== undefined) chownSync(directory, uid, uid);
  const { command, args } = childCommand(hardening, { role: 'compiler', uid, directory });
  const child = spawn(command, args, {
    cwd: directory,
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  });
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  child.once('exit', () => {
    process.off('exit', remove);
    remove();
  });
  return child;
}
