import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { childCommand } from '../../../../sandbox/child-command.ts';
import type { Hardening } from '../../../../sandbox/hardening/find-hardening.ts';

/**
 * Starts a reader of the database `file`, an absolute path: shut in, nothing in its environment, a process group of its own. It is
 * the user whom the file belongs to. The writer has the database open, so that all three files are there.
 */
export function spawnReader(hardening: Hardening, file: string): ChildProcess {
  const files = {
    read: [file, `${file}-wal`],
    // Readers tell the writer through it which state they look at.
    write: [`${file}-shm`],
  };
  const { command, args } = childCommand(hardening, { role: 'reader', uid: otherOwner(file), files });
  return spawn(command, [...args, file], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    detached: true,
  });
}

/** The owner of a file, where the server is root and it is not: without the rights of root the reader could not open it. */
function otherOwner(file: string): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid } = statSync(file);
  return uid === 0 ? undefined : uid;
}
