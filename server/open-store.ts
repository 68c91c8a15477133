import { existsSync } from 'node:fs';
import path from 'node:path';
import { keyChecks } from '../runtime/key-checks.ts';
import { IN_DATABASE, type Keyring, ledgerKeys, loadKeyring } from '../runtime/keyring.ts';
import type { Checkpoint } from '../runtime/store/checkpoint.ts';
import { openSqliteStore } from '../runtime/store/sqlite/open.ts';
import { spawnReader } from '../runtime/store/sqlite/reader/spawn-reader.ts';
import type { Store } from '../runtime/store/store.ts';
import type { Hardening } from '../sandbox/hardening/find-hardening.ts';
import { StartError } from './exit-codes.ts';
import type { StartOptions } from './serve.ts';

export interface StorePlace {
  readonly dataDir: string;
  readonly hardening: Hardening;
  readonly onCheckpoint: (checkpoint: Checkpoint) => void;
}

export interface OpenedStore {
  readonly store: Store;
  readonly keyring: Keyring;
  /** It was empty, and of all nodes that begin with it this is the first one. */
  readonly first: boolean;
}

/**
 * Opens the store of this configuration: the PostgreSQL database, else the SQLite file in the data directory; and the keyring
 * that its data is sealed with, which is made when nothing is there yet. Throws a `StartError` or an `AppError` that says what to do.
 */
export async function openStore(options: StartOptions, place: StorePlace): Promise<OpenedStore> {
  const { database_url: url } = options.config;
  const opened = url === undefined ? openFile(options, place) : await openShared(options, place, url);
  const { keyring } = opened;
  const store = closedOnce(opened.store);
  try {
    const { lacking, first } = await store.admitKeys(keyChecks(keyring), store.now());
    if (lacking.length > 0) throw otherKeyring(keyring, lacking);
    return { store, keyring, first: first && opened.mayBeNew };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The works close it when they stop, and who put them together when they never began. */
function closedOnce(store: Store): Store {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= store.close();
    return closing;
  };
  return { ...store, close };
}

interface Opened {
  readonly store: Store;
  readonly keyring: Keyring;
  /** False: there was something before. A database that is shared says that itself. */
  readonly mayBeNew: boolean;
}

function openFile(options: StartOptions, { dataDir, hardening, onCheckpoint }: StorePlace): Opened {
  const { config, log } = options;
  const file = path.join(dataDir, 'sluice.db');
  const isNew = !existsSync(file);
  const keyring = loadKeyring(dataDir, environmentOf(options), !isNew);
  const report = (message: string) => log.warning(message);
  const reads = { spawn: () => spawnReader(hardening, file), timeoutMs: config.query_timeout * 1000, report };
  const { durability } = config;
  const store = openSqliteStore({ file, durability, ...chainKeys(keyring), onCheckpoint, reads });
  return { store, keyring, mayBeNew: isNew };
}

async function openShared(
  options: StartOptions,
  { dataDir, onCheckpoint }: StorePlace,
  url: string,
): Promise<Opened> {
  const { config, log } = options;
  // Loaded only here: most instances need no client of PostgreSQL.
  const { lookAtDatabase } = await import('../runtime/store/postgres/database/look-at-database.ts');
  const { openPostgresStore } = await import('../runtime/store/postgres/open.ts');
  const { hasData } = await lookAtDatabase(url);
  const keyring = loadKeyring(dataDir, environmentOf(options), hasData, IN_DATABASE);
  const store = await openPostgresStore({
    url,
    connections: config.database_connections,
    durability: config.durability,
    leaseMs: config.lease * 1000,
    ...chainKeys(keyring),
    onCheckpoint,
    readMs: config.query_timeout * 1000,
    report: (message) => log.warning(message),
  });
  return { store, keyring, mayBeNew: true };
}

const environmentOf = ({ secrets }: StartOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  SLUICE_KEYRING: secrets.keyring,
});

function chainKeys(keyring: Keyring) {
  const [chainKey, ...oldChainKeys] = ledgerKeys(keyring);
  return { chainKey, oldChainKeys };
}

function otherKeyring({ source }: Keyring, lacking: readonly string[]): StartError {
  const keys = lacking.map((id) => `"${id}"`).join(', ');
  return new StartError(
    `The keyring in ${source} lacks ${keys}, which data is sealed with: give this node the keyring of the others, or the one this data was written with.`,
  );
}
