import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSea } from 'node:sea';
import { cacheDirs } from './cache-dirs.ts';
import { embeddedFiles } from './embedded.ts';
import { openFolder } from './open-folder.ts';
import { takeOut } from './take-out.ts';

/** True when this is the single binary and not a checkout. */
export const inBinary = isSea();

const known = new Map<string, string>();

/**
 * Where a file or folder of Sluice itself is: in a checkout at `path` from its top; in the binary, taken out of it when asked
 * for. Throws `NoFolderError` when there is no place to take it out to.
 */
export function ownPath(path: string): string {
  if (!inBinary) return join(import.meta.dirname, '..', '..', path);
  const before = known.get(path);
  // Whoever cleans caches does not know that we are running.
  if (before !== undefined && existsSync(before)) return before;
  const files = embeddedFiles();
  const folder = openFolder(cacheDirs(process.env), files.id);
  for (const name of files.names) {
    if (name === path || name.startsWith(`${path}/`)) takeOut(folder, name, files.bytes(name));
  }
  known.set(path, join(folder, path));
  return join(folder, path);
}

/** For a child that may not take files out itself: `file` is there already. */
export function foundAt(file: string): void {
  known.set(basename(file), file);
}
