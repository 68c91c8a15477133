import { join } from 'node:path';
import { isSea } from 'node:sea';

/** True when this is the single binary and not a checkout. */
export const inBinary = isSea();

let find = (path: string): string => join(import.meta.dirname, '..', path);

/** Where a file or folder of Sluice itself is, named by its path from the top of a checkout or as the binary carries it along. */
export function ownPath(path: string): string {
  return find(path);
}

/** For the binary, which has no folder around it. */
export function findOwnPathsBy(other: (path: string) => string): void {
  find = other;
}
