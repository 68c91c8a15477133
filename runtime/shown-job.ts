import type { Catalog } from './catalog.ts';
import { masksOf } from './mask/project-masks.ts';
import type { JobRow } from './store/job-store.ts';
import { storedText } from './stored-json.ts';

/** The job as people may see it. Until it ends, its stored input is the one it runs with: here it is masked. */
export function shownJob<Job extends JobRow>(catalog: Pick<Catalog, 'get'>, job: Job): Job {
  if (job.input === null || job.finished_at !== null) return job;
  const live = catalog.get(job.project);
  return { ...job, input: live === undefined ? null : storedText(job.input, masksOf(live).stored) };
}
