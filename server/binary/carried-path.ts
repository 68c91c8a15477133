import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirs } from './cache-dirs.ts';
import { embeddedFiles } from './embedded.ts';
import { openFolder } from './open-folder.ts';
import { takeOut } from './take-out.ts';

const known = new Map<string, string>();

/**
 * The path of a file that the binary carries along, or of a folder of them, taken out at the first time. Throws a `StartError`
 * when there is no place for it.
 */
export function carriedPath(name: string): string {
  const before = known.get(name);
  // Whoever cleans caches does not know that we are running.
  if (before !== undefined && existsSync(before)) return before;
  const files = embeddedFiles();
  const folder = openFolder(cacheDirs(process.env), files.id);
  for (const file of files.names) {
    if (file === name || file.startsWith(`${name}/`)) takeOut(folder, file, files.bytes(file));
  }
  const path = join(folder, name);
  known.set(name, path);
  return path;
}
