import { AppError } from '../runtime/app-error.ts';
import { isStoreUnavailable, storeAway } from '../runtime/store/store-unavailable.ts';
import { stackOf } from '../sandbox/message-of.ts';
import type { ServerLog } from './server-log.ts';

/** `{"error": {code, message, details}}` with the right status. What was not expected goes to the log, not to the caller. */
export function errorAnswer(error: unknown, log: ServerLog): Response {
  // What the database said, and where it is, is for the operator: the log has it.
  if (isStoreUnavailable(error)) return answer(storeAway());
  if (error instanceof AppError) return answer(error);
  log.error('A request failed unexpectedly.', {
    error: stackOf(error),
  });
  return answer(new AppError('internal', 500, 'The server failed. Its log says more.'));
}

function answer({ code, status, message, details }: AppError): Response {
  const headers = new Headers();
  if (status === 401) headers.set('WWW-Authenticate', 'Bearer');
  // The rest of the body will not be read, so nothing else can come over this connection.
  if (status === 413) headers.set('Connection', 'close');
  if (status === 503) headers.set('Retry-After', '5');
  return Response.json({ error: { code, message, details: details ?? null } }, { status, headers });
}
