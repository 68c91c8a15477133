import type { JobHooks, JobUser } from '../sandbox/types.ts';
import { AppError } from './app-error.ts';
import type { EnvSession } from './env/embedded/session.ts';
import type { Env } from './env/env.ts';
import type { Gate, JobOrigin } from './gate/gate.ts';
import type { Links } from './links/create-links.ts';
import type { LiveProject } from './live-project.ts';
import type { Registers } from './registers/create-registers.ts';
import type { Seals } from './sealed/seals.ts';
import type { JobRow } from './store/job-store.ts';
import { isStoreUnavailable } from './store/store-unavailable.ts';
import type { SubJobs } from './sub-jobs/sub-jobs.ts';

export interface CapabilityDeps {
  readonly gate: Pick<Gate, 'call' | 'written'>;
  readonly registers: Registers;
  readonly env: Env;
  readonly links: Links;
}

export interface CapabilityCalls {
  readonly call: JobHooks['call'];
  /**
   * The job is over: what it still has under way outside is given up, and the outcomes of the rest are on disk when this resolves.
   * Gives how many of them could not be written.
   */
  end(): Promise<number>;
}

/**
 * Capability calls of one job: `add_job`, the project's registers, links and records, and, for Protected Code only, the gate.
 * Placeholders of sealed secrets leave Protected Code by `fetch` only.
 * `overLimit` is told when a query took longer than it may.
 */
export function routeCalls(
  { gate, registers, links, env }: CapabilityDeps,
  subJobs: Pick<SubJobs, 'add' | 'close'>,
  job: JobRow,
  live: LiveProject,
  user: JobUser,
  seals: Seals,
  overLimit: (message: string) => void = () => {},
): CapabilityCalls {
  let aborter: AbortController | undefined;
  let origin: JobOrigin | undefined;
  let session: EnvSession | undefined;

  /** Most jobs never call out: made at the first call. */
  function originOfJob(): JobOrigin {
    if (origin !== undefined) return origin;
    aborter = new AbortController();
    origin = Object.freeze({
      project: live,
      task: job.task,
      trigger: job.trigger,
      jobId: job.id,
      user: user.name,
      seals,
      signal: aborter.signal,
    });
    return origin;
  }

  async function route(
    ...[operation, args, from]: Parameters<JobHooks['call']>
  ): ReturnType<JobHooks['call']> {
    const withheld = from === 'protected' && operation !== 'fetch' ? seals.withheld(args) : undefined;
    const reason = withheld === undefined ? undefined : await withheld;
    if (reason !== undefined) throw new TypeError(reason);
    if (operation === 'add_job') return subJobs.add(args);
    if (registers.has(operation)) return registers.call(operation, args, originOfJob(), from);
    if (env.has(operation)) {
      session ??= env.open({ user, depth: job.trigger_type === 'db' ? job.depth : 0 }, live.project.id);
      return env.call(operation, args, session, originOfJob()).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'query_limit') overLimit(error.message);
        throw error;
      });
    }
    if (links.has(operation)) return links.call(operation, args, originOfJob(), from);
    if (from === 'protected') return gate.call(operation, args, originOfJob());
    throw new Error(`${operation} is for Protected Code only. Offer a function there and call that.`);
  }

  /** A job that is queued runs again when the database is back. */
  function later(error: unknown): never {
    if (!isStoreUnavailable(error)) throw error;
    const name = 'RetryableJobError';
    throw Object.assign(new Error('The database of Sluice is not there at the moment.', { cause: error }), {
      name,
    });
  }

  return {
    call: (operation, args, from) => route(operation, args, from).catch(later),
    async end() {
      subJobs.close();
      aborter?.abort(new Error('The job has ended.'));
      if (session !== undefined) env.close(session);
      return origin === undefined ? 0 : gate.written(origin);
    },
  };
}
