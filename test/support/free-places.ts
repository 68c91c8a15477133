import type { FreePlaces, JobRow } from '../../runtime/store/job-store.ts';
import type { Store } from '../../runtime/store/store.ts';

/** Places for claims of tests. `held` by project id, `full` names tasks that may not start another job. */
export function freePlaces({
  left = 1,
  held = {},
  full = [],
  ofTask = Number.POSITIVE_INFINITY,
  ofProject = Number.POSITIVE_INFINITY,
}: {
  readonly left?: number;
  readonly held?: Readonly<Record<string, number>>;
  readonly full?: readonly Pick<JobRow, 'project_id' | 'task'>[];
  readonly ofTask?: number;
  readonly ofProject?: number;
} = {}): () => FreePlaces {
  return () => {
    const taken: Pick<JobRow, 'project_id' | 'task'>[] = [];
    const count = (project: string, task?: string) =>
      taken.filter((job) => job.project_id === project && (task === undefined || job.task === task)).length;
    const heldBy = (project: string) => (held[project] ?? 0) + count(project);
    return {
      get left() {
        return left - taken.length;
      },
      heldBy,
      mayStart: ({ project_id, task }) =>
        !full.some((job) => job.project_id === project_id && job.task === task) &&
        count(project_id, task) < ofTask &&
        heldBy(project_id) < ofProject,
      take: (job) => taken.push(job),
      mostOf: () => ofTask,
    };
  };
}

/** Claims one job, for half a minute. */
export async function claimOne(
  store: Store,
  now: number,
  places = freePlaces(),
): Promise<JobRow | undefined> {
  const [job] = (await store.claimJobs({ now, leaseUntil: now + 30_000, places })).jobs;
  return job;
}
