import { existsSync } from 'node:fs';
import path from 'node:path';
import { ownTsc } from '../sandbox/type-check/run-tsc.ts';
import { StartError } from './exit-codes.ts';
import type { ServerLog } from './server-log.ts';

/** The `tsc` that `--tsc` names, else our own; null when types are not to be checked, or cannot be, which the log then says. */
export function findTsc(given: string | undefined, log: ServerLog): string | null {
  if (given === 'none') return null;
  if (given !== undefined) {
    const file = path.resolve(given);
    if (existsSync(file)) return file;
    throw new StartError(`There is no ${file}. Name the native tsc of TypeScript 7 with --tsc, or none.`);
  }
  const own = ownTsc();
  if (own === undefined)
    log.info('Types are not checked on deploy: there is no TypeScript here. Name its tsc with --tsc.');
  return own ?? null;
}
