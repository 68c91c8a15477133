import type { HttpRequestData } from '../../sandbox/types.ts';
import type { FoundTrigger } from '../catalog.ts';
import type { Clock } from '../clock.ts';
import { masksOf } from '../mask/project-masks.ts';
import { newJob } from '../new-job.ts';
import { maxAttempts } from '../retry.ts';
import type { RunningJobs } from '../running-jobs.ts';
import type { HookAnswer } from '../runtime.ts';
import type { HookStore } from '../store/hook-store.ts';
import type { Store } from '../store/store.ts';
import { answerRow } from '../webhook/answer-row.ts';
import type { RequestBox } from '../webhook/sealed-request.ts';
import { storedRequest } from '../webhook/stored-request.ts';
import { type Checked, type Handled, refuseNow, userOf } from './webhook.ts';

export interface QueuedWebhookDeps {
  readonly store: Pick<HookStore, 'enqueueDelivery'> & Pick<Store, 'state'>;
  readonly requests: Pick<RequestBox, 'seal'>;
  readonly clock: Clock;
  readonly running: RunningJobs;
  wake(): void;
}

/**
 * Queues the job of a webhook: resolves once it is on disk, with the answer 202. The request is kept sealed until the job ends.
 * Undefined when another request with the same id was first.
 */
export async function queueHook(
  deps: QueuedWebhookDeps,
  { project: live, trigger }: FoundTrigger,
  request: HttpRequestData,
  checked: Checked,
): Promise<Handled | undefined> {
  refuseNow(deps);
  const { stored } = masksOf(live);
  const now = deps.clock.now();
  const user = userOf(trigger);
  const input = storedRequest(request, stored, checked.hidden);
  const queued = newJob(live, trigger, { now, user, input, maxAttempts: maxAttempts(trigger.task) });
  const args = deps.requests.seal(live.project.id, queued.id, request);
  const job = { ...queued, input_whole: 0 as const, args };
  const answer = accepted(job.id);
  const row = answerRow({ ...job, version: live.version.number }, answer, request, user.name, live, now);
  const hook = checked.end({ job: job.id, status: answer.status, failed: false, request });
  if (!(await deps.store.enqueueDelivery({ job, ledger: [row], hook }))) return undefined;
  deps.wake();
  return { answer, job: job.id };
}

const accepted = (job: string): HookAnswer => ({
  status: 202,
  headers: [['Content-Type', 'application/json']],
  body: JSON.stringify({ job }),
});
