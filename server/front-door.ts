import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { HOOK_PREFIX } from './hooks/hook-path.ts';
import { writeRefusal } from './hooks/write-answer.ts';

/** Sends webhooks to their own door and everything else to the API. */
export function createFrontDoor(
  app: Hono,
  hookDoor: RequestListener,
  stopping: AbortSignal,
): RequestListener {
  // Its lighter Request and Response stay inside: replacing the global ones would reach the whole process.
  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    if (!request.url?.startsWith(HOOK_PREFIX)) {
      api(request, response);
      return;
    }
    if (stopping.aborted) {
      writeRefusal(response, 503, 'Sluice is stopping.', { close: true, retryAfter: 5 });
      return;
    }
    hookDoor(request, response);
  };
}
