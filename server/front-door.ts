import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { HOOK_PREFIX } from './hooks/hook-path.ts';
import { writeRefusal } from './hooks/write-answer.ts';
import type { ServerLog } from './server-log.ts';

export interface FrontDoorOptions {
  readonly app: Hono<{ Bindings: HttpBindings }>;
  readonly hookDoor: RequestListener;
  readonly stopping: AbortSignal;
  readonly log: ServerLog;
}

/** Sends webhooks to their own door and everything else to the API. */
export function createFrontDoor({ app, hookDoor, stopping, log }: FrontDoorOptions): RequestListener {
  // Its lighter Request and Response stay inside: replacing the global ones would reach the whole process.
  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    if (log.debugging) logWhenDone(request, response, log);
    if (!request.url?.startsWith(HOOK_PREFIX)) {
      api(request, response);
    } else if (stopping.aborted) {
      writeRefusal(response, 503, 'Sluice is stopping.', { close: true, retryAfter: 5 });
    } else {
      hookDoor(request, response);
    }
  };
}

function logWhenDone(request: IncomingMessage, response: ServerResponse, log: ServerLog): void {
  const start = performance.now();
  response.once('close', () => {
    const { method = '', url: whole = '' } = request;
    // Behind the question mark stand a code and a state.
    const url = whole.startsWith('/oauth/') ? (whole.split('?')[0] ?? '') : whole;
    const ms = Math.round(performance.now() - start);
    log.debug('request', { method, url, status: response.statusCode, ms });
  });
}
