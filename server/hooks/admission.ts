import { FairShares } from '../fair-shares.ts';
import type { LoopDelay } from '../loop-delay.ts';
import type { RefusalLog } from './refusal-log.ts';

export interface AdmissionOptions {
  /** Webhooks under way at once: of all projects, and of one. */
  readonly most: number;
  readonly mostPerProject: number;
  /** Bytes of their bodies together. */
  readonly mostBytes: number;
  readonly delay: Pick<LoopDelay, 'ms'>;
  readonly log: Pick<RefusalLog, 'refused'>;
}

/** Why a webhook is not taken now. */
export type Bound = 'project' | 'instance' | 'bytes' | 'delay';

/** A webhook that was let in. */
export interface Ticket {
  /** Sets aside memory for more of its body; false when there is none. */
  hold(bytes: number): boolean;
  /** It is over; gives back all that it held. */
  leave(): void;
}

/** `retryAfter` in seconds. */
export type Entry =
  | { readonly admitted: true; readonly ticket: Ticket }
  | { readonly admitted: false; readonly retryAfter: number };

export interface Admission {
  /** Asked before anything of the body is read; `bytes`: as many as are known to come. */
  admit(project: string, bytes: number): Entry;
  /** Webhooks refused since the start. */
  refused(): Readonly<Record<Bound, number>>;
}

/** Seconds after which it is worth to come again. */
export const RETRY_AFTER: Readonly<Record<Bound, number>> = { project: 1, instance: 2, bytes: 2, delay: 5 };

/** Later than this, webhooks would only wait: those that are here already go first. */
const LONGEST_DELAY_MS = 200;

/**
 * Decides at the door whether a webhook is taken now. What is more than can be served soon is answered 503 at once and
 * leaves nothing behind, so that it can neither fill the memory nor make the others wait. Projects have fair shares.
 */
export function createAdmission({ delay, log, ...bounds }: AdmissionOptions): Admission {
  const jobs = new FairShares(bounds.most, bounds.mostPerProject);
  const bodies = new FairShares(bounds.mostBytes);
  const refused = { project: 0, instance: 0, bytes: 0, delay: 0 };

  function refuse(project: string, bound: Bound): Entry {
    count(project, bound);
    return { admitted: false, retryAfter: RETRY_AFTER[bound] };
  }

  function count(project: string, bound: Bound): void {
    refused[bound] += 1;
    log.refused(project, bound, reasons[bound](project));
  }

  const reasons: Readonly<Record<Bound, (project: string) => string>> = {
    project: () =>
      `the project has ${bounds.mostPerProject} under way already. Raise --max-project-webhooks, or make its handlers quicker.`,
    instance: (project) =>
      `the project has its share of ${bounds.most} (${jobs.heldBy(project)}) under way already. Raise --max-webhooks, or make handlers quicker.`,
    bytes: () =>
      `the bodies of its webhooks under way would be more than its share of ${bounds.mostBytes} bytes. Raise --max-webhook-bytes if there is memory for it.`,
    delay: () =>
      `the server comes to its work ${Math.round(delay.ms)} ms late. Give it more processors, or fewer requests.`,
  };

  function enter(project: string, bytes: number): Ticket {
    let held = bytes;
    let left = false;
    return {
      hold(more) {
        if (left) return true;
        if (!bodies.take(project, more)) {
          count(project, 'bytes');
          return false;
        }
        held += more;
        return true;
      },
      leave() {
        if (left) return;
        left = true;
        jobs.give(project, 1);
        bodies.give(project, held);
      },
    };
  }

  return {
    admit(project, bytes) {
      if (delay.ms > LONGEST_DELAY_MS) return refuse(project, 'delay');
      if (!jobs.take(project, 1)) {
        return refuse(project, jobs.heldBy(project) >= bounds.mostPerProject ? 'project' : 'instance');
      }
      if (bodies.take(project, bytes)) return { admitted: true, ticket: enter(project, bytes) };
      jobs.give(project, 1);
      return refuse(project, 'bytes');
    },
    refused: () => ({ ...refused }),
  };
}
