import { readFile } from 'node:fs/promises';
import type { SecretSpec } from '../../../runtime/project/manifest.ts';
import { CliError } from '../cli-error.ts';

const PREFIX = 'SLUICE_SECRET_';

/**
 * Values for the secrets a project declares: from `KEY=value` lines of a file, else from `SLUICE_SECRET_<KEY>` of the
 * environment, out of which they are taken so that no child can find them there.
 */
export async function readLocalSecrets(
  specs: readonly SecretSpec[],
  file: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ReadonlyMap<string, string>> {
  const given = file === undefined ? takeFromEnvironment(env) : await readSecretsFile(file);
  const declared = specs.flatMap(({ key }): [string, string][] => {
    const value = given.get(key);
    return value ? [[key, value]] : [];
  });
  return new Map(declared);
}

function takeFromEnvironment(env: NodeJS.ProcessEnv): Map<string, string> {
  const taken = new Map<string, string>();
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX)) continue;
    taken.set(name.slice(PREFIX.length), env[name] ?? '');
    delete env[name];
  }
  return taken;
}

/** Empty lines and lines that begin with # are passed over. Errors name lines, never what is in them. */
async function readSecretsFile(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`${file} cannot be read. Check the name given with --secrets.`, { cause });
  });
  const values = new Map<string, string>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    const [, key, value] = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) {
      throw new CliError(`Line ${index + 1} of ${file} is not KEY=value.`);
    }
    values.set(key, value);
  });
  return values;
}
