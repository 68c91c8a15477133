import type { Role } from '../runtime/words.ts';
import type { Endpoint, PublicCall } from './endpoint.ts';
import { listAudit } from './routes/audit.ts';
import { authorizeSecret, oauthCallback } from './routes/connections.ts';
import { listDeliveries, redeliver } from './routes/deliveries.ts';
import { openApiDocument } from './routes/document.ts';
import { healthz, readyz } from './routes/health.ts';
import { cancelJob, getJob, listJobs, retryJob } from './routes/jobs.ts';
import { verifyLedger } from './routes/ledger-verify.ts';
import { deleteLink, listLinks } from './routes/links.ts';
import { exportLogs } from './routes/log-export.ts';
import { followLogs, listLogs } from './routes/logs.ts';
import { exportOutgoing, listOutgoing } from './routes/outgoing.ts';
import { deleteParam, putParam } from './routes/params.ts';
import { deleteProject, deployProject, getProject, listProjects, patchProject } from './routes/projects.ts';
import {
  createRecords,
  deleteRecord,
  getRecord,
  listModels,
  listRecords,
  patchRecord,
} from './routes/records.ts';
import { deleteRegister, listRegisters, patchRegister } from './routes/registers.ts';
import { deleteSecret, putSecret } from './routes/secrets.ts';
import { createToken, deleteToken, listTokens } from './routes/tokens.ts';
import { nextRuns, patchTrigger, rotateTrigger, runTrigger } from './routes/triggers.ts';
import { getTypes } from './routes/types.ts';
import { exportProject, getVersion, listVersions, rollBack } from './routes/versions.ts';
import type { SurfaceRow, Verb } from './surface-row.ts';

const open = (verb: Verb, path: string, endpoint: Endpoint<PublicCall>): SurfaceRow => ({
  verb,
  path,
  role: 'public',
  endpoint,
});
const api = (verb: Verb, path: string, role: Role, endpoint: Endpoint): SurfaceRow => ({
  verb,
  path: `/api/v1${path}`,
  role,
  endpoint,
});

const document = openApiDocument(() => SURFACE);

/**
 * All of HTTP, except `/hook/` (see `hooks/`). The role is the least one that may use the route; it is checked in
 * `app.ts` and nowhere else, before anything of the request is read.
 */
export const SURFACE: readonly SurfaceRow[] = [
  open('GET', '/healthz', healthz),
  open('GET', '/readyz', readyz),
  open('GET', '/api/v1/openapi.json', document),
  open('GET', '/oauth/callback', oauthCallback),

  api('GET', '/projects', 'user', listProjects),
  api('GET', '/projects/:slug', 'user', getProject),
  api('PUT', '/projects/:slug', 'developer', deployProject),
  api('PATCH', '/projects/:slug', 'developer', patchProject),
  api('DELETE', '/projects/:slug', 'manager', deleteProject),
  api('GET', '/projects/:slug/versions', 'user', listVersions),
  api('GET', '/projects/:slug/versions/:number', 'user', getVersion),
  api('POST', '/projects/:slug/versions/:number/rollback', 'developer', rollBack),
  api('GET', '/projects/:slug/export', 'user', exportProject),
  api('GET', '/projects/:slug/types', 'user', getTypes),
  api('PUT', '/projects/:slug/params/:key', 'developer', putParam),
  api('DELETE', '/projects/:slug/params/:key', 'developer', deleteParam),
  api('PUT', '/projects/:slug/secrets/:key', 'manager', putSecret),
  api('DELETE', '/projects/:slug/secrets/:key', 'manager', deleteSecret),
  api('POST', '/projects/:slug/secrets/:key/authorize', 'manager', authorizeSecret),

  api('POST', '/projects/:slug/triggers/:name/run', 'developer', runTrigger),
  api('PATCH', '/projects/:slug/triggers/:name', 'developer', patchTrigger),
  api('GET', '/projects/:slug/triggers/:name/next', 'user', nextRuns),
  api('POST', '/projects/:slug/triggers/:name/rotate', 'developer', rotateTrigger),
  api('GET', '/projects/:slug/triggers/:name/deliveries', 'user', listDeliveries),
  api('POST', '/projects/:slug/triggers/:name/deliveries/:id/redeliver', 'developer', redeliver),

  api('GET', '/jobs', 'user', listJobs),
  api('GET', '/jobs/:id', 'user', getJob),
  api('POST', '/jobs/:id/retry', 'developer', retryJob),
  api('POST', '/jobs/:id/cancel', 'developer', cancelJob),
  api('GET', '/logs', 'user', listLogs),
  api('GET', '/logs/stream', 'user', followLogs),
  api('GET', '/logs/export', 'user', exportLogs),
  api('GET', '/outgoing', 'user', listOutgoing),
  api('GET', '/outgoing/export', 'user', exportOutgoing),
  api('GET', '/ledger/verify', 'manager', verifyLedger),
  api('GET', '/audit', 'manager', listAudit),

  api('GET', '/registers', 'user', listRegisters),
  api('PATCH', '/registers', 'developer', patchRegister),
  api('DELETE', '/registers', 'developer', deleteRegister),

  api('GET', '/links', 'user', listLinks),
  api('DELETE', '/links/:id', 'developer', deleteLink),

  api('GET', '/models', 'user', listModels),
  api('GET', '/records/:model', 'user', listRecords),
  api('POST', '/records/:model', 'developer', createRecords),
  api('GET', '/records/:model/:id', 'user', getRecord),
  api('PATCH', '/records/:model/:id', 'developer', patchRecord),
  api('DELETE', '/records/:model/:id', 'developer', deleteRecord),

  api('GET', '/tokens', 'manager', listTokens),
  api('POST', '/tokens', 'manager', createToken),
  api('DELETE', '/tokens/:id', 'manager', deleteToken),
];
