import type { RequestListener } from 'node:http';
import { addressMatcher } from '../runtime/addresses.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createApiShares } from './api-shares.ts';
import { createApp } from './app.ts';
import { hashToken } from './authenticate.ts';
import { createEndedTokens } from './ended-tokens.ts';
import { createFrontDoor } from './front-door.ts';
import { createAdmission } from './hooks/admission.ts';
import { createHookDoor } from './hooks/hook-door.ts';
import { createRefusalLog } from './hooks/refusal-log.ts';
import { readLocalToken } from './local-token.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { addressesOf } from './open-works.ts';
import type { StartOptions } from './serve.ts';

export interface DoorPlace {
  readonly runtime: Runtime;
  /** Locked for this process. */
  readonly dataDir: string;
  /** Where the server listens. */
  readonly url: string;
  readonly stopping: AbortSignal;
}

/** What answers requests. What it opens is added to `opened`, to be closed again. */
export function openDoor(
  options: StartOptions,
  { runtime, dataDir, url, stopping }: DoorPlace,
  opened: AsyncDisposableStack,
): RequestListener {
  const { config, secrets, log } = options;
  const adminToken = hashToken(secrets.adminToken ?? readLocalToken(dataDir));
  const { hookUrl, ownOrigin } = addressesOf(options, url);
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
  return createFrontDoor({ app, hookDoor, stopping, log });
}
