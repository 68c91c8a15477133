import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childCommand } from '../child-command.ts';

/**
 * Starts a compiler: nothing in its environment, an empty directory to stand in, little memory, and a process group of its
 * own, so that esbuild ends with it.
 */
export function spawnCompiler(): ChildProcess {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-compiler-'));
  const { command, args } = childCommand('compiler');
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
