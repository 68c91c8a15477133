import { existsSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './exit-codes.ts';

/** The folder that `--packages` names, if it is one that packages can come from. */
export function findPackages(given: string | undefined): string | undefined {
  if (given === undefined || existsSync(path.join(given, 'node_modules'))) return given;
  throw new StartError(
    `There is no node_modules in ${path.resolve(given)}. Install packages there with npm, or start without --packages.`,
  );
}
