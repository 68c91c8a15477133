import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './exit-codes.ts';
import { isTokenText, newTokenText } from './token-text.ts';

/**
 * The Manager token of this machine, in `local-token` in the data directory, readable by its owner only. The command
 * line reads it by itself, so that a first start needs no set-up. Made once, then kept.
 */
export function readLocalToken(dataDir: string): string {
  const file = localTokenFile(dataDir);
  const kept = readKept(file);
  if (kept !== undefined) return kept;
  const token = newTokenText();
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return token;
}

/** Where `readLocalToken` keeps it. */
export const localTokenFile = (dataDir: string): string => path.join(dataDir, 'local-token');

function readKept(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
    chmodSync(file, 0o600);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new StartError(
      `The token file ${file} cannot be read. Give it to the user who runs Sluice.`,
      cause,
    );
  }
  if (isTokenText(text)) return text;
  throw new StartError(`The token file ${file} does not hold a token. Delete it: the next start makes one.`);
}
