import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from './app-error.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** 32 bytes of chance; what it encrypts names it by `id`. */
export interface Key {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The first key encrypts, all of them decrypt. */
export interface Keyring {
  readonly keys: readonly [Key, ...Key[]];
  /** Where it came from, for messages. */
  readonly source: string;
}

const KEY_BYTES = 32;

/** Where the data of several nodes is, as `loadKeyring` names it. */
export const IN_DATABASE = 'in the database, for which every node needs the same one';

/**
 * The keyring of an instance, from the first of these that is there:
 *   1. the variable SLUICE_KEYRING, holding the JSON itself;
 *   2. the systemd credential `sluice-keyring`;
 *   3. `keyring.json` in the data directory, made with a new key when `dataExists` is false: beside data that is there
 *      already (`where`, for messages) a new key would open nothing.
 * As JSON: `{"keys": [{"id": "...", "key": "<32 bytes in base64>"}]}`. Throws an `AppError` that names the source.
 */
export function loadKeyring(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  dataExists = false,
  where = 'beside it',
): Keyring {
  if (env.SLUICE_KEYRING) return parseKeyring(env.SLUICE_KEYRING, 'the variable SLUICE_KEYRING');
  const credentials = env.CREDENTIALS_DIRECTORY;
  if (credentials !== undefined) {
    const file = join(credentials, 'sluice-keyring');
    // systemd shows the group what its access list grants to the service's user.
    if (existsSync(file)) return parseKeyring(readPrivateFile(file, 0o007), file);
  }
  const file = join(dataDir, 'keyring.json');
  if (!existsSync(file)) {
    if (dataExists) throw invalid(file, `it is missing, and there is data ${where}`);
    writePrivateFile(file, newKeyring());
  }
  return parseKeyring(readPrivateFile(file, 0o077), file);
}

/** A key for one purpose: whoever learns it learns neither the key it comes from nor those for other purposes. */
export function deriveKey(key: Key, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.bytes, '', `sluice ${purpose}`, KEY_BYTES));
}

/** The key of the ledger's chain under the keyring's first key. */
export function ledgerKey(keyring: Keyring): Uint8Array {
  return deriveKey(keyring.keys[0], 'ledger');
}

/** The keys of all chains: those under the first key, then those from before a rotation. */
export function ledgerKeys(keyring: Keyring): readonly [Uint8Array, ...Uint8Array[]] {
  const [, ...others] = keyring.keys;
  return [ledgerKey(keyring), ...others.map((key) => deriveKey(key, 'ledger'))];
}

/** The same as text, for verification. */
export function hexLedgerKeys(keyring: Keyring): readonly string[] {
  return ledgerKeys(keyring).map((key) => Buffer.from(key).toString('hex'));
}

function newKeyring(): string {
  const key = { id: randomBytes(6).toString('hex'), key: randomBytes(KEY_BYTES).toString('base64') };
  return `${JSON.stringify({ keys: [key] }, null, 2)}\n`;
}

function parseKeyring(text: string, source: string): Keyring {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(source, 'it is not JSON');
  }
  const listed = isRecord(json) ? json.keys : undefined;
  if (!Array.isArray(listed)) throw invalid(source, 'it has no list "keys"');
  const [first, ...others] = listed.map((entry, index) => parseKey(entry, index, source));
  if (first === undefined) throw invalid(source, 'its list "keys" is empty');
  const ids = new Set([first, ...others].map(({ id }) => id));
  if (ids.size !== listed.length) throw invalid(source, 'two of its keys have the same id');
  return Object.freeze({ keys: [first, ...others] as const, source });
}

function parseKey(entry: unknown, index: number, source: string): Key {
  if (!isRecord(entry) || typeof entry.id !== 'string' || typeof entry.key !== 'string') {
    throw invalid(source, `its key number ${index + 1} has no "id" and "key"`);
  }
  const bytes = Buffer.from(entry.key, 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw invalid(source, `its key "${entry.id}" has ${bytes.length} bytes instead of ${KEY_BYTES}`);
  }
  return Object.freeze({ id: entry.id, bytes: new Uint8Array(bytes) });
}

/** Never says what the keyring holds. */
function invalid(source: string, problem: string): AppError {
  return new AppError(
    'invalid_keyring',
    500,
    `The keyring in ${source} cannot be used: ${problem}. Put back the keyring this data was written with; without it no secret can be opened.`,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
