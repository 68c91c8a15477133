import { readFileSync, statSync } from 'node:fs';
import type { ConfigSources } from './config.ts';
import { StartError } from './exit-codes.ts';

const DEFAULT_FILE = 'sluice.yaml';

/**
 * Reads `sluice.yaml` of the current directory, or the file that was asked for: that one must exist. The YAML reader is
 * loaded only when there is something to read.
 */
export async function readConfigFile(asked: string | undefined): Promise<ConfigSources['file']> {
  const name = asked ?? DEFAULT_FILE;
  const text = readText(name, asked !== undefined);
  if (text === null) return null;
  const { parse } = await import('yaml');
  try {
    return { name, values: parse(text, { maxAliasCount: 0 }) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new StartError(`${name} is not valid YAML: ${reason}`, cause);
  }
}

/** Others than its user can read the file. */
export const isOpenToOthers = (file: string): boolean => (statSync(file).mode & 0o077) !== 0;

function readText(name: string, mustExist: boolean): string | null {
  try {
    return readFileSync(name, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (missing && !mustExist) return null;
    throw new StartError(
      `The configuration file ${name} cannot be read. Check --config or SLUICE_CONFIG.`,
      cause,
    );
  }
}
