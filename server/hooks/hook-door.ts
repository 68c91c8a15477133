import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../runtime/app-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { isStoreUnavailable, storeAway } from '../../runtime/store/store-unavailable.ts';
import type { ServerLog } from '../server-log.ts';
import type { Admission } from './admission.ts';
import { checkedAnswer } from './checked-answer.ts';
import { type HookPath, parseHookPath } from './hook-path.ts';
import { comeAgain, HookRefusal } from './hook-refusal.ts';
import { CallerGone, declaredLength } from './read-body.ts';
import { type ReadOptions, readRequest } from './read-request.ts';
import { writeAnswer, writeRefusal } from './write-answer.ts';

export interface HookDoorOptions extends ReadOptions {
  readonly runtime: Pick<Runtime, 'hookOwner' | 'checkedHook' | 'handleHook'>;
  readonly admission: Pick<Admission, 'admit'>;
  readonly log: ServerLog;
  /** True when hooks have an origin of their own, which makes their pages harmless to the console. */
  readonly ownOrigin: boolean;
}

/**
 * The way in for webhooks. It works on Node's own request and response, outside the router of the API, because this is
 * the path whose cost every webhook pays. The promise never rejects.
 */
export function createHookDoor(options: HookDoorOptions) {
  const { runtime, ownOrigin, admission, maxBody } = options;

  async function answer(path: HookPath, request: IncomingMessage, response: ServerResponse) {
    const project = runtime.hookOwner(path.hook);
    if (project === undefined) return unknownHook(response);
    const entry = admission.admit(project, declaredLength(request, maxBody) ?? 0);
    if (!entry.admitted) throw comeAgain(entry.retryAfter);
    try {
      const checked = runtime.checkedHook(path.hook);
      const answer =
        checked === undefined
          ? await runtime.handleHook(path.hook, await readRequest(request, path, options, entry.ticket))
          : await checkedAnswer(checked, request, path, options, entry.ticket);
      if (answer === undefined) return unknownHook(response);
      writeAnswer(request, response, answer, ownOrigin);
    } finally {
      entry.ticket.leave();
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const path = parseHookPath(request.url ?? '');
      if (path === undefined) unknownHook(response);
      else await answer(path, request, response);
    } catch (error) {
      refuse(response, error, options.log);
    }
  };
}

const unknownHook = (response: ServerResponse) => writeRefusal(response, 404, 'There is no such webhook.');

function refuse(response: ServerResponse, error: unknown, log: ServerLog): void {
  if (error instanceof CallerGone) return;
  if (error instanceof HookRefusal) {
    const { status, message, retryAfter } = error;
    writeRefusal(response, status, message, retryAfter === undefined ? {} : { retryAfter });
    return;
  }
  if (error instanceof AppError && error.status === 503) {
    // What the database said is for the operator.
    const { message } = isStoreUnavailable(error) ? storeAway() : error;
    writeRefusal(response, 503, message, { retryAfter: 5 });
    return;
  }
  log.error('A webhook could not be handled.', { error: String(error) });
  writeRefusal(response, 500, 'The server could not handle this webhook.');
}
