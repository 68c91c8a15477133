import { readFile } from 'node:fs/promises';
import { localTokenFile } from '../local-token.ts';
import { usageError } from './cli-error.ts';

export interface Credentials {
  /** Of the server, without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
  /** Where the token was found, or where it was looked for: part of a sentence. */
  readonly source: string;
}

export interface CredentialOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

const DEFAULT_URL = 'http://127.0.0.1:4070';

/**
 * The server to talk to and the token to show it: options win over the environment, and for a server on this machine
 * the token it left in its data directory is used. That one is never shown to another machine.
 */
export async function findCredentials(
  options: CredentialOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Credentials> {
  const url = checkUrl(options.url ?? env.SLUICE_URL ?? DEFAULT_URL);
  if (options.token) return { url, token: options.token, source: '--token' };
  if (env.SLUICE_TOKEN) return { url, token: env.SLUICE_TOKEN, source: 'SLUICE_TOKEN' };
  if (!isThisMachine(url)) return { url, token: null, source: '--token or SLUICE_TOKEN' };
  const file = localTokenFile(env.SLUICE_DATA || 'data');
  const token = await readTokenFile(file);
  return { url, token, source: token ? file : `--token, SLUICE_TOKEN or the file ${file}` };
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageError(`"${text}" is not the address of a server. Give --url like ${DEFAULT_URL}.`);
  }
  return url.href.replace(/\/+$/, '');
}

function isThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

async function readTokenFile(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim() || null;
  } catch {
    return null;
  }
}
