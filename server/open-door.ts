import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { addressMatcher } from '../runtime/addresses.ts';
import { createRuntime } from '../runtime/create-runtime.ts';
import { LONGEST_QUERY_MS } from '../runtime/env/embedded/create-embedded.ts';
import { uuidv7 } from '../runtime/ids.ts';
import { ledgerKeys, loadKeyring } from '../runtime/keyring.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openSqliteStore } from '../runtime/store/sqlite/open.ts';
import { spawnReader } from '../runtime/store/sqlite/reader/spawn-reader.ts';
import type { Hardening } from '../sandbox/hardening/find-hardening.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { createApiShares } from './api-shares.ts';
import { createApp } from './app.ts';
import { hashToken } from './authenticate.ts';
import { installDemo } from './demo.ts';
import { createEndedTokens } from './ended-tokens.ts';
import { createFrontDoor } from './front-door.ts';
import { createAdmission } from './hooks/admission.ts';
import { createHookDoor } from './hooks/hook-door.ts';
import { createRefusalLog } from './hooks/refusal-log.ts';
import { keepCheckpoints } from './ledger-checkpoints.ts';
import { readLocalToken } from './local-token.ts';
import { watchLoopDelay } from './loop-delay.ts';
import type { StartOptions } from './serve.ts';

/** What is there already when the door opens. */
export interface Place {
  /** Locked for this process. */
  readonly dataDir: string;
  /** Where the server listens. */
  readonly url: string;
  readonly sandbox: Sandbox;
  /** How children are shut in. */
  readonly hardening: Hardening;
  readonly stopping: AbortSignal;
}

/** Puts store, works and door together. What it opens is added to `opened`, to be closed again. */
export async function openDoor(
  { config, secrets, log }: StartOptions,
  { dataDir, url, sandbox, hardening, stopping }: Place,
  opened: AsyncDisposableStack,
): Promise<{ readonly runtime: Runtime; readonly door: RequestListener }> {
  const adminToken = hashToken(secrets.adminToken ?? readLocalToken(dataDir));
  const baseUrl = config.base_url ?? url;
  const hookUrl = config.hook_url ?? baseUrl;
  const ownOrigin = new URL(hookUrl).origin !== new URL(baseUrl).origin;

  const file = path.join(dataDir, 'sluice.db');
  const firstStart = !existsSync(file);
  const keyring = loadKeyring(dataDir, { ...process.env, SLUICE_KEYRING: secrets.keyring }, !firstStart);
  const { durability } = config;
  const report = (message: string) => log.warning(message);
  const [chainKey, ...oldChainKeys] = ledgerKeys(keyring);
  const checkpoints = await keepCheckpoints(config.ledger_checkpoints, log);
  opened.defer(() => checkpoints.close());
  const store = openSqliteStore({
    file,
    durability,
    chainKey,
    oldChainKeys,
    onCheckpoint: checkpoints.keep,
    holder: uuidv7(),
    reads: { spawn: () => spawnReader(hardening, file), timeoutMs: config.query_timeout * 1000, report },
  });
  opened.defer(() => store.close());
  const runtime = await createRuntime({
    store,
    sandbox,
    keyring,
    hookUrl,
    baseUrl,
    ownOrigin,
    report,
    maxRecords: config.max_records,
    queryMs: Math.min(LONGEST_QUERY_MS, config.query_timeout * 1000),
    maxLogBytes: config.max_log_bytes,
    spoolFolder: path.join(dataDir, 'spool'),
  });
  if (firstStart) await installDemo(runtime, log);

  const app = createApp({
    services: { runtime, log, stopping, endedTokens: createEndedTokens(), shares: createApiShares() },
    adminToken,
  });
  const delay = watchLoopDelay();
  opened.defer(() => delay.stop());
  const refusals = createRefusalLog(log);
  opened.defer(() => refusals.stop());
  const admission = createAdmission({
    most: config.max_webhooks,
    mostPerProject: config.max_project_webhooks,
    mostBytes: Math.max(config.max_webhook_bytes, config.max_body),
    delay,
    log: refusals,
  });
  const hookDoor = createHookDoor({
    runtime,
    log,
    admission,
    ownOrigin,
    hookUrl,
    maxBody: config.max_body,
    trustedProxy: addressMatcher(config.trusted_proxies),
  });
  return { runtime, door: createFrontDoor({ app, hookDoor, stopping, log }) };
}
