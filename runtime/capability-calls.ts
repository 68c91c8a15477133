import type { JobHooks, JobUser } from '../sandbox/types.ts';
import type { Gate, Origin } from './gate/gate.ts';
import type { LiveProject } from './live-project.ts';
import type { JobRow } from './store/job-store.ts';

export interface CapabilityCalls {
  readonly call: JobHooks['call'];
  /** The job is over: what it still has under way outside is given up. */
  end(): void;
}

/** Capability calls of one job. Those of Protected Code go to the gate; a task has none that leave its realm. */
export function routeCalls(
  gate: Pick<Gate, 'call'>,
  job: JobRow,
  live: LiveProject,
  user: JobUser,
): CapabilityCalls {
  let aborter: AbortController | undefined;
  let origin: Origin | undefined;

  /** Most jobs never call out: made at the first call. */
  function originOfJob(): Origin {
    if (origin !== undefined) return origin;
    aborter = new AbortController();
    origin = Object.freeze({
      project: live,
      task: job.task,
      trigger: job.trigger,
      jobId: job.id,
      user: user.name,
      signal: aborter.signal,
    });
    return origin;
  }

  return {
    async call(operation, args, from) {
      if (from === 'protected') return gate.call(operation, args, originOfJob());
      throw new Error(`${operation} is for Protected Code only. Offer a function there and call that.`);
    },
    end: () => aborter?.abort(new Error('The job has ended.')),
  };
}
