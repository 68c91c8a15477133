import { setTimeout as sleep } from 'node:timers/promises';
import { buttonOf } from './attack-case.ts';
import type { Target } from './target.ts';

/** A job as the API shows it; only what the suite reads. */
export interface SeenJob {
  readonly id: string;
  readonly status: string;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly result: unknown;
  readonly error: { readonly name: string; readonly message: string; readonly limit: string | null } | null;
}

/** Longer than any case may take on a busy machine. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 25;

/** `limit_exceeded/cpu`, or the bare status. */
export const endOf = ({ status, error }: SeenJob): string =>
  error?.limit ? `${status}/${error.limit}` : status;

/** Clicks the case's button. `waitSeconds` 0: answers at once. */
export async function click(
  target: Target,
  slug: string,
  name: string,
  { data, waitSeconds = 0 }: { readonly data?: unknown; readonly waitSeconds?: number },
): Promise<SeenJob> {
  const body = { ...(data === undefined ? {} : { data }), wait: waitSeconds };
  const route = `/projects/${slug}/triggers/${buttonOf(name)}/run`;
  return (await target.ask<{ job: SeenJob }>('POST', route, body)).job;
}

/** The job once `holds` is true of it, or undefined once it does not exist any more. Throws when that takes too long. */
export async function jobWhen(
  target: Target,
  id: string,
  holds: (job: SeenJob) => boolean,
): Promise<SeenJob | undefined> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const reply = await target.call('GET', `/jobs/${id}`);
    if (reply.status === 404) return undefined;
    const job = reply.json as SeenJob;
    if (holds(job)) return job;
    if (Date.now() > end)
      throw new Error(`The job ${id} is still ${job.status} after ${PATIENCE_MS / 1000} s.`);
    await sleep(LOOK_EVERY_MS);
  }
}

export const hasEnded = ({ finished_at }: SeenJob): boolean => finished_at !== null;
export const hasBegun = ({ status }: SeenJob): boolean => status !== 'queued';

/** All jobs of a task, the newest first, once there is one: a webhook's job is told only when it has ended. */
export async function jobsWhenThere(target: Target, slug: string, task: string): Promise<readonly SeenJob[]> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const query = new URLSearchParams({ project: slug, task, limit: '1000' });
    const { items } = await target.ask<{ items: SeenJob[] }>('GET', `/jobs?${query}`);
    if (items.length > 0 || Date.now() > end) return items;
    await sleep(LOOK_EVERY_MS);
  }
}
