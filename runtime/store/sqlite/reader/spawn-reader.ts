import { constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { childCommand } from '../../../../sandbox/child-command.ts';
import type { Hardening } from '../../../../sandbox/hardening/find-hardening.ts';
import { type StartedRunner, startRunner } from '../../../../sandbox/supervisor/start-runner.ts';

/**
 * Starts a reader of the database `file`, an absolute path: shut in, nothing in its environment, a process group of its own.
 * The writer has the database open, so that all three files are there.
 */
export function spawnReader(hardening: Hardening, file: string): StartedRunner {
  const { uid, needRoot } = whoCanOpen(file);
  const files = {
    read: [file, `${file}-wal`],
    // Readers tell the writer through it which state they look at.
    write: [`${file}-shm`],
    needRoot,
  };
  const { command, args } = childCommand(hardening, { role: 'reader', uid, files });
  return startRunner({ command, args: [...args, file] }, 'ignore');
}

/**
 * The user that the reader has to be: the server's own (undefined), or, where that is root, the owner of the file, since the
 * rights of root are taken from children. Root's file may lie in the folder of another user, as in a container.
 */
function whoCanOpen(file: string): { readonly uid: number | undefined; readonly needRoot: boolean } {
  if (process.getuid?.() !== 0) return { uid: undefined, needRoot: false };
  const { uid } = statSync(file);
  const folder = statSync(dirname(file));
  const needRoot = folder.uid !== uid && (folder.mode & constants.S_IXOTH) === 0;
  return { uid: uid === 0 || needRoot ? undefined : uid, needRoot };
}
