import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../sandbox/message-of.ts';
import { StartError } from '../exit-codes.ts';

/** The folder `id` in the first of these directories that can be used; both are made when missing. Throws a `StartError`. */
export function openFolder(directories: readonly string[], id: string): string {
  const reasons: string[] = [];
  for (const directory of directories) {
    try {
      return openIn(directory, id);
    } catch (error) {
      reasons.push(`${directory} ${messageOf(error)}`);
    }
  }
  throw new StartError(
    `There is no directory for the files that Sluice carries along: ${reasons.join('; ')}. ` +
      'Name one with SLUICE_CACHE_DIR: it must belong to this user, and may not be mounted noexec.',
  );
}

/**
 * Programs are started out of this folder, so nobody else may write to it or put another in its place. The directory itself
 * may be read by others, as systemd makes it.
 */
function openIn(directory: string, id: string): string {
  makeDirectory(directory);
  const base = realpathSync(directory);
  refuseOthers(base, constants.S_IWGRP | constants.S_IWOTH);
  const folder = join(base, id);
  makeDirectory(folder);
  refuseOthers(folder, constants.S_IRWXG | constants.S_IRWXO);
  refuseNoexec(folder);
  return folder;
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(resolve(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Error(`cannot be made (${codeOf(cause)})`, { cause });
  }
}

function refuseOthers(path: string, forbidden: number): void {
  const { mode, uid } = lstatSync(path);
  if ((mode & constants.S_IFMT) !== constants.S_IFDIR)
    throw new Error('holds a link where a folder is needed');
  if (uid !== process.getuid?.()) throw new Error('belongs to another user');
  if ((mode & forbidden) !== 0) throw new Error('is open to other users');
}

/** The kernel answers this question for a file only, and for root as well. */
function refuseNoexec(folder: string): void {
  const probe = join(folder, `.${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    closeSync(openSync(probe, 'wx', 0o500));
    accessSync(probe, constants.X_OK);
  } catch (cause) {
    const code = codeOf(cause);
    throw new Error(code === 'EACCES' ? 'is mounted noexec' : `cannot be written to (${code})`, { cause });
  } finally {
    rmSync(probe, { force: true });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
