import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Runtime } from '../runtime/runtime.ts';
import { lockDataDir } from '../runtime/store/sqlite/database/lock.ts';
import { messageOf } from '../sandbox/message-of.ts';
import type { Config } from './config.ts';
import type { EnvironmentSecrets } from './environment.ts';
import { StartError } from './exit-codes.ts';
import { listen, urlOf } from './listen.ts';
import { openSandbox } from './open-sandbox.ts';
import type { ServerLog } from './server-log.ts';

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:4070`; null without a port. */
  readonly url: string | null;
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
 * Starts everything, from the bottom up: data, port, sealed rooms, works, door. Resolves when requests are served. What was
 * opened is closed again when a later step fails. Throws a `StartError` or an `AppError` that says what to do.
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
  const { config } = options;
  const dataDir = makeDataDir(config.data);
  opened.defer(lockDataDir(dataDir));
  const listener = config.no_http ? undefined : await listen(config.host, config.port);
  opened.defer(() => listener?.close(0));
  // Loaded meanwhile: while the host is looked at and the first runner warms up, this process has nothing else to do.
  const loading = Promise.all([import('./open-works.ts'), import('./open-door.ts')]);
  const { sandbox, hardening } = await openSandbox(options, dataDir);
  opened.defer(() => sandbox.stop());

  const [{ openWorks }, { openDoor }] = await loading;
  const stopping = new AbortController();
  // A node without a port names the address at which others like it listen.
  const url = listener?.url ?? urlOf(config.host, config.port);
  const runtime = await openWorks(options, { dataDir, url, sandbox, hardening }, opened);
  // Not awaited: a job that comes before the first runner is warm waits for it by itself.
  sandbox.ready().catch((error: unknown) => options.log.error(String(error)));
  if (listener !== undefined) {
    listener.serve(openDoor(options, { runtime, dataDir, url, stopping: stopping.signal }, opened));
  }

  const rest = opened.move();
  return {
    url: listener?.url ?? null,
    dataDir,
    runtime,
    async stop(graceMs) {
      // The port stays open: callers are told to come back, and a load balancer sees it at /readyz.
      stopping.abort();
      await runtime.stop(graceMs);
      await listener?.close(LAST_ANSWERS_MS);
      await rest.disposeAsync();
    },
  };
}

function makeDataDir(configured: string): string {
  const dataDir = path.resolve(configured);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return dataDir;
  } catch (cause) {
    const reason = messageOf(cause);
    throw new StartError(
      `The data directory ${dataDir} cannot be made: ${reason}. Choose another with --data.`,
      cause,
    );
  }
}
