import path from 'node:path';
import { createRuntime } from '../runtime/create-runtime.ts';
import { LONGEST_QUERY_MS } from '../runtime/env/embedded/create-embedded.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Hardening } from '../sandbox/hardening/find-hardening.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { installDemo } from './demo.ts';
import { keepCheckpoints } from './ledger-checkpoints.ts';
import { openStore } from './open-store.ts';
import type { StartOptions } from './serve.ts';

/** What is there already when the works begin. */
export interface WorksPlace {
  /** Locked for this process. */
  readonly dataDir: string;
  /** Where the server listens, or others of its kind do. */
  readonly url: string;
  readonly sandbox: Sandbox;
  /** How children are shut in. */
  readonly hardening: Hardening;
}

/** How others reach the server and its webhooks. */
export interface Addresses {
  readonly baseUrl: string;
  readonly hookUrl: string;
  /** Hooks have an origin of their own. */
  readonly ownOrigin: boolean;
}

export function addressesOf({ config }: StartOptions, url: string): Addresses {
  const baseUrl = config.base_url ?? url;
  const hookUrl = config.hook_url ?? baseUrl;
  return { baseUrl, hookUrl, ownOrigin: new URL(hookUrl).origin !== new URL(baseUrl).origin };
}

/** Puts store and works together. What it opens is added to `opened`, to be closed again. */
export async function openWorks(
  options: StartOptions,
  { dataDir, url, sandbox, hardening }: WorksPlace,
  opened: AsyncDisposableStack,
): Promise<Runtime> {
  const { config, log } = options;
  const checkpoints = await keepCheckpoints(config.ledger_checkpoints, log);
  opened.defer(() => checkpoints.close());
  const place = { dataDir, hardening, onCheckpoint: checkpoints.keep };
  const { store, keyring, first } = await openStore(options, place);
  opened.defer(() => store.close());
  const runtime = await createRuntime({
    store,
    sandbox,
    keyring,
    ...addressesOf(options, url),
    report: (message) => log.warning(message),
    maxRecords: config.max_records,
    queryMs: Math.min(LONGEST_QUERY_MS, config.query_timeout * 1000),
    maxLogBytes: config.max_log_bytes,
    leaseMs: config.lease * 1000,
    work: !config.no_work,
    spoolFolder: path.join(dataDir, 'spool'),
  });
  if (first) await installDemo(runtime, log);
  return runtime;
}
