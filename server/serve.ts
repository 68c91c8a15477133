import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createRuntime } from '../runtime/create-runtime.ts';
import { uuidv7 } from '../runtime/ids.ts';
import { type Keyring, ledgerKey, loadKeyring } from '../runtime/keyring.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { lockDataDir } from '../runtime/store/sqlite/lock.ts';
import { openSqliteStore } from '../runtime/store/sqlite/open.ts';
import type { Store } from '../runtime/store/store.ts';
import { createSandbox } from '../sandbox/create-sandbox.ts';
import { createApp } from './app.ts';
import { hashToken } from './authenticate.ts';
import type { Config } from './config.ts';
import { addressMatcher } from './config-values.ts';
import { installDemo } from './demo.ts';
import type { EnvironmentSecrets } from './environment.ts';
import { StartError } from './exit-codes.ts';
import { createFrontDoor } from './front-door.ts';
import { createHookDoor } from './hooks/hook-door.ts';
import { listen } from './listen.ts';
import { readLocalToken } from './local-token.ts';
import type { ServerLog } from './server-log.ts';

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:4070`. */
  readonly url: string;
  readonly dataDir: string;
  readonly runtime: Runtime;
  /** Stops taking work, gives running jobs `graceMs` to end, gives the rest back, closes everything. */
  stop(graceMs: number): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly secrets: EnvironmentSecrets;
  readonly log: ServerLog;
}

/** How long answers that are ready may take to reach their callers at the end. */
const LAST_ANSWERS_MS = 1000;

/**
 * Starts everything, from the bottom up: data, store, sealed rooms, works, door. Resolves when requests are served. What
 * was opened is closed again when a later step fails. Throws a `StartError` or an `AppError` that says what to do.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const opened = new AsyncDisposableStack();
  try {
    return await start(options, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function start(options: StartOptions, opened: AsyncDisposableStack): Promise<RunningServer> {
  const { config, secrets, log } = options;
  const dataDir = makeDataDir(config.data);
  opened.defer(lockDataDir(dataDir));
  const listener = await listen(config.host, config.port);
  opened.defer(() => listener.close(0));
  const baseUrl = config.base_url ?? listener.url;
  const hookUrl = config.hook_url ?? baseUrl;
  const ownOrigin = new URL(hookUrl).origin !== new URL(baseUrl).origin;

  const keyring = loadKeyring(dataDir, { ...process.env, SLUICE_KEYRING: secrets.keyring });
  const adminToken = hashToken(secrets.adminToken ?? readLocalToken(dataDir));
  const file = path.join(dataDir, 'sluice.db');
  const firstStart = !existsSync(file);
  const store = openStore(file, keyring, config);
  opened.defer(() => store.close());
  const sandbox = createSandbox();
  opened.defer(() => sandbox.stop());
  const report = (message: string) => log.warning(message);
  const runtime = await createRuntime({ store, sandbox, keyring, hookUrl, ownOrigin, report });
  if (firstStart) await installDemo(runtime, log);
  await sandbox.ready();

  const stopping = new AbortController();
  const services = { runtime, log, stopping: stopping.signal };
  const hookDoor = createHookDoor({
    runtime,
    log,
    ownOrigin,
    hookUrl,
    maxBody: config.max_body,
    trustedProxy: addressMatcher(config.trusted_proxies),
  });
  listener.serve(createFrontDoor(createApp({ services, adminToken }), hookDoor, stopping.signal));
  const release = opened.move();
  return {
    url: listener.url,
    dataDir,
    runtime,
    async stop(graceMs) {
      stopping.abort();
      listener.stopAccepting();
      await runtime.stop(graceMs);
      await listener.close(LAST_ANSWERS_MS);
      await release.disposeAsync();
    },
  };
}

function makeDataDir(configured: string): string {
  const dataDir = path.resolve(configured);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return dataDir;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `The data directory ${dataDir} cannot be made: ${reason}. Choose another with --data.`,
      cause,
    );
  }
}

function openStore(file: string, keyring: Keyring, { durability }: Config): Store {
  return openSqliteStore({ file, durability, chainKey: ledgerKey(keyring), holder: uuidv7() });
}
