import type { Call } from './content.ts';
import { createFetch } from './fetch.ts';
import { createJobAbortSignal } from './job-abort-signal.ts';
import { createTimers, type JobTimers } from './timers.ts';

/** What the globals of one job stand on. */
export interface JobWebHost extends JobTimers {
  /** `call('fetch', PlainRequest)` promises a `PlainResponse`; a rejection's message becomes that of the TypeError. */
  readonly call: Call;
}

/** The web globals that belong to one job: they wait, or leave the realm, on its behalf. */
export function createJobWeb(job: JobWebHost): Record<string, unknown> {
  return {
    ...createTimers(job),
    AbortSignal: createJobAbortSignal(job),
    fetch: createFetch(job.call),
  };
}
