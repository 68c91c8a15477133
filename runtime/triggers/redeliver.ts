import type { HttpRequestData } from '../../sandbox/types.ts';
import { decode } from '../../sandbox/wire/decode.ts';
import { AppError, notFound } from '../app-error.ts';
import type { Catalog } from '../catalog.ts';
import { findProject, findWebhook } from '../project-settings.ts';
import type { Runtime } from '../runtime.ts';
import type { DeliveryRow, HookStore } from '../store/hook-store.ts';
import type { JobRow } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import { deliveryRow, type Step } from '../webhook/edge/delivery.ts';
import { edgeOf } from '../webhook/edge/edge.ts';
import type { RequestBox } from '../webhook/sealed-request.ts';
import type { CheckedWebhookDeps } from './checked-webhook.ts';
import { queueHook } from './queued-webhook.ts';
import { runHook } from './webhook.ts';

export interface RedeliverDeps extends CheckedWebhookDeps {
  readonly store: CheckedWebhookDeps['store'] & Pick<HookStore, 'getDelivery'> & Pick<Store, 'getJob'>;
  readonly catalog: Pick<Catalog, 'hook' | 'get'>;
  readonly requests: RequestBox;
}

/**
 * Gives a delivery that is kept whole to its webhook's handler again, as a new job, which it returns: who called was checked
 * the first time, and that it comes again is the wish. Throws an AppError 404 or 409 that says why it cannot be done.
 */
export async function redeliver(
  deps: RedeliverDeps,
  { slug, name, id, actor }: Parameters<Runtime['redeliver']>[0],
): Promise<JobRow> {
  const live = findProject(deps.catalog, slug);
  const trigger = findWebhook(live, name);
  const delivery = await deps.store.getDelivery(live.project.id, name, id);
  if (delivery === undefined)
    throw notFound(`The delivery ${JSON.stringify(id.slice(0, 60))}`, 'Check the id.');
  const edge = trigger.spec.type === 'webhook' ? edgeOf(trigger.spec) : null;
  if (edge === null || !trigger.active)
    throw refused(`webhook ${name} is switched off, or keeps no deliveries`);
  if (delivery.sealed === null) throw refused(whyNotWhole(delivery));

  const request = decode(deps.requests.open(live.project.id, id, delivery.sealed)) as HttpRequestData;
  const step: Step = { step: 'handler', ok: true, note: `delivered again by ${actor.name}` };
  const checked = {
    hidden: edge.hidden,
    end: (ended: { job: string; status: number; failed: boolean; request: HttpRequestData }) => ({
      taken: [],
      delivery: deliveryRow(deps.requests, {
        ...ended,
        live,
        name,
        edge,
        head: request,
        body: request.data,
        steps: [{ ...step, ok: ended.status < 400 }],
        at: deps.clock.now(),
        again: { of: id, by: actor.name },
      }),
    }),
  };
  const found = { project: live, trigger };
  const handled = await (edge.queued ? queueHook : runHook)(deps, found, request, checked);
  const job = handled && (await deps.store.getJob(handled.job));
  if (job === undefined) throw refused('its job is gone already');
  return job;
}

const whyNotWhole = ({ taken }: DeliveryRow): string =>
  taken === 1
    ? 'the whole request was not kept: it was above 256 KB, or keep.input did not let it'
    : 'it was refused, so nothing of it came in';

const refused = (reason: string): AppError =>
  new AppError(
    'not_redelivered',
    409,
    `This delivery cannot be delivered again: ${reason}. Ask the sender to send it again.`,
  );
