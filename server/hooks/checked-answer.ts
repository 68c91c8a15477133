import type { IncomingMessage } from 'node:http';
import type { HookAnswer } from '../../runtime/runtime.ts';
import type { CheckedHook, CheckedVisit } from '../../runtime/triggers/checked-webhook.ts';
import type { Ticket } from './admission.ts';
import type { HookPath } from './hook-path.ts';
import { HookRefusal } from './hook-refusal.ts';
import { readBody } from './read-body.ts';
import { type ReadOptions, readHead, takeApart } from './read-request.ts';

/**
 * The answer of a webhook that checks its callers. The body is taken apart only when its sender is known, and its signature
 * is judged over the bytes that came. Undefined when the webhook was switched off meanwhile.
 */
export async function checkedAnswer(
  hook: CheckedHook,
  request: IncomingMessage,
  path: HookPath,
  options: ReadOptions,
  ticket: Pick<Ticket, 'hold'>,
): Promise<HookAnswer | undefined> {
  const head = readHead(request, path, options);
  const visit = hook.visit(head);
  try {
    const refused = await visit.judgeHead();
    if (refused !== undefined) return refused;
    const limit = Math.min(options.maxBody, hook.maxBody ?? options.maxBody);
    const body = await told(visit, () => readBody(request, limit, ticket));
    return (
      (await visit.judgeBody(body)) ??
      (await visit.run(await told(visit, () => takeApart(head, request, body, hook.maxParts))))
    );
  } finally {
    visit.leave();
  }
}

/** A body that cannot be taken is written down; the door answers. */
async function told<Value>(visit: CheckedVisit, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    // 503: too much is under way, which says nothing of the request.
    if (error instanceof HookRefusal && error.status !== 503)
      await visit.refused(error.status, error.message);
    throw error;
  }
}
