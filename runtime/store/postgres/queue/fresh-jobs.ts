import type { JobRow } from '../../job-store.ts';
import { comesFirst } from '../../rules/claim-order.ts';
import type { ReadyJob } from './claim-reads.ts';

/**
 * Jobs that this process has queued and no claim has looked for yet. One that comes while nothing waits is claimed without a look at the
 * queue, which saves it a round trip.
 *
 *     unknown -> (a look found nothing, or all of it was picked) -> empty -> (fresh jobs are taken) -> unknown
 *
 * So each look but one finds all that waits, whoever queued it, in its order.
 */
export interface FreshJobs {
  /** It is on disk, and due. */
  add(job: JobRow): void;
  /** In the order of a claim; none unless nothing else is known to wait. */
  take(): readonly ReadyJob[];
  /** A look begins: it sees what was added before. */
  looking(): void;
  /** What the look found, and whether it left any of it. */
  looked(left: boolean): void;
}

/** More than these wait for a look. */
const MOST = 64;

export function freshJobs(): FreshJobs {
  let jobs: ReadyJob[] = [];
  let isEmpty = false;

  function takeAll(): readonly ReadyJob[] {
    const taken = jobs.toSorted((a, b) => (comesFirst(a, b) ? -1 : 1));
    jobs = [];
    isEmpty = false;
    return taken;
  }

  return {
    add(job) {
      if (jobs.length < MOST) jobs.push(readyJob(job));
      else isEmpty = false;
    },
    take: () => (isEmpty && jobs.length > 0 ? takeAll() : []),
    looking: () => void takeAll(),
    looked(left) {
      isEmpty = !left;
    },
  };
}

/** With its queue as the table generates it. */
const readyJob = ({ id, project_id, project, task, priority, run_at }: JobRow): ReadyJob => ({
  id,
  project_id,
  project,
  task,
  priority,
  run_at,
  queue: `${project_id}/${task}`,
});
