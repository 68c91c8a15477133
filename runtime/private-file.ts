import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../sandbox/message-of.ts';
import { AppError } from './app-error.ts';

/** The text of a file that holds keys. Refuses one whose mode has one of the `forbidden` bits. */
export function readPrivateFile(file: string, forbidden: number): string {
  const opened = openPrivate(file);
  try {
    const { mode } = fstatSync(opened);
    if ((mode & forbidden) !== 0) {
      throw new AppError(
        'keyring_exposed',
        500,
        `The file ${file} can be read by other users of this machine. Run: chmod 600 ${file} (and change the secrets if they may have been read).`,
      );
    }
    return readFileSync(opened, 'utf8');
  } finally {
    closeSync(opened);
  }
}

/** Writes a file that only its owner can read, whole or not at all, in a directory that is made likewise if missing. */
export function writePrivateFile(file: string, text: string): void {
  const dir = dirname(file);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const half = `${file}.${process.pid}.new`;
  try {
    const opened = openSync(half, 'w', 0o600);
    try {
      fchmodSync(opened, 0o600);
      writeFileSync(opened, text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(half, file);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
  syncDirectory(dir);
}

function openPrivate(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    const reason = messageOf(error);
    throw new AppError(
      'keyring_unreadable',
      500,
      `The file ${file} cannot be read: ${reason}. It must belong to the user who runs Sluice.`,
      { cause: error },
    );
  }
}

/** Puts the new name of a renamed file on disk too. */
function syncDirectory(dir: string): void {
  const opened = openSync(dir, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
