import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MODE = 0o500;

/**
 * Puts one file into `folder`, which is private to this user, and returns its path. What lies there under that name is used
 * only if it is the same in owner, mode and every byte; anything else is replaced. Any number of processes may do this at
 * once: each writes a file of its own and gives it the name when it is whole.
 */
export function takeOut(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  if (isThere(path, bytes)) return path;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const whole = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(whole, bytes, { flag: 'wx', mode: MODE });
    // The umask may have taken something away.
    chmodSync(whole, MODE);
    renameSync(whole, path);
  } catch (error) {
    rmSync(whole, { force: true });
    throw error;
  }
  return path;
}

function isThere(path: string, bytes: Uint8Array): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return false;
  if (found.uid !== process.getuid?.() || (found.mode & 0o7777) !== MODE) return false;
  return found.size === bytes.length && readFileSync(path).equals(bytes);
}
