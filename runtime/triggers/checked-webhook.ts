import type { HttpRequestData } from '../../sandbox/types.ts';
import type { Catalog } from '../catalog.ts';
import type { HookAnswer } from '../runtime.ts';
import { edgeOf } from '../webhook/edge/edge.ts';
import type { HookHead } from '../webhook/edge/head.ts';
import { HookVisit, type VisitDeps } from '../webhook/edge/visit.ts';
import { type QueuedWebhookDeps, queueHook } from './queued-webhook.ts';
import { runHook, type WebhookDeps } from './webhook.ts';

export interface CheckedWebhookDeps extends WebhookDeps, Omit<QueuedWebhookDeps, 'store'> {
  readonly store: WebhookDeps['store'] & QueuedWebhookDeps['store'];
  readonly visits: VisitDeps;
}

/** A webhook that checks its callers, as the door uses it: see `HookVisit` for the order. */
export interface CheckedHook {
  /** Bytes, and parts of a form; undefined: what the server takes. */
  readonly maxBody: number | undefined;
  readonly maxParts: number | undefined;
  visit(head: HookHead): CheckedVisit;
}

export interface CheckedVisit extends Pick<HookVisit, 'judgeHead' | 'judgeBody' | 'refused' | 'leave'> {
  /** Undefined when the webhook was switched off or removed meanwhile. */
  run(request: HttpRequestData): Promise<HookAnswer | undefined>;
}

/** Undefined when no active webhook has this secret path, or it asks nothing of its callers. */
export function checkedHook(
  deps: Omit<CheckedWebhookDeps, 'catalog'> & { readonly catalog: Pick<Catalog, 'hook'> },
  hook: string,
): CheckedHook | undefined {
  const found = deps.catalog.hook(hook);
  if (found?.trigger.spec.type !== 'webhook' || !found.trigger.active) return undefined;
  const edge = edgeOf(found.trigger.spec);
  if (edge === null) return undefined;
  const { maxBody, maxParts } = edge;

  return {
    maxBody,
    maxParts,
    visit(head) {
      const visit = new HookVisit(deps.visits, found, edge, head);
      return {
        judgeHead: () => visit.judgeHead(),
        judgeBody: (body) => visit.judgeBody(body),
        refused: (status, reason) => visit.refused(status, reason),
        leave: () => visit.leave(),
        async run(whole) {
          if (!deps.catalog.hook(hook)?.trigger.active) return undefined;
          const request = withoutHeader(whole, edge.secretHeader);
          const checked = { hidden: edge.hidden, end: visit.end.bind(visit) };
          if (!edge.queued) return (await runHook(deps, found, request, checked)).answer;
          return (await queueHook(deps, found, request, checked))?.answer ?? visit.repeated();
        },
      };
    },
  };
}

/** Secrets are for Protected Code: a task does not learn one because its caller knows it. */
function withoutHeader(request: HttpRequestData, header: string | undefined): HttpRequestData {
  if (header === undefined) return request;
  return { ...request, headers: request.headers.filter(([name]) => name.toLowerCase() !== header) };
}
