import { Tally } from '../sandbox/tally.ts';
import type { Catalog } from './catalog.ts';
import { taskConcurrency } from './job-limits.ts';
import type { HeldPlaces, JobRow, TaskQueue } from './store/job-store.ts';

type Job = Pick<JobRow, 'project' | 'project_id' | 'task'>;

interface TakenByTask {
  readonly job: Job;
  jobs: number;
}

/**
 * Who may start another queued job. A task has as many places as its limits say. A project may hold as many of this
 * process's places as it leaves free: alone half of them, and however many projects are busy, there is one for the next.
 */
export class Places {
  readonly #catalog: Pick<Catalog, 'get'>;
  readonly #byTask = new Map<string, TakenByTask>();
  readonly #byProject = new Tally();
  #left: number;

  constructor(catalog: Pick<Catalog, 'get'>, most: number) {
    this.#catalog = catalog;
    this.#left = most;
  }

  get left(): number {
    return this.#left;
  }

  take(job: Job): void {
    this.#left -= 1;
    const taken = this.#byTask.get(keyOf(job));
    if (taken === undefined) this.#byTask.set(keyOf(job), { job, jobs: 1 });
    else taken.jobs += 1;
    this.#byProject.add(job.project_id, 1);
  }

  free(job: Job): void {
    this.#left += 1;
    const taken = this.#byTask.get(keyOf(job));
    if (taken === undefined) return;
    taken.jobs -= 1;
    if (taken.jobs === 0) this.#byTask.delete(keyOf(job));
    this.#byProject.add(job.project_id, -1);
  }

  /** Tasks that may not start another one. */
  fullTasks(): readonly TaskQueue[] {
    const taken = [...this.#byTask.values()];
    return taken.filter(({ job, jobs }) => jobs >= this.#most(job)).map(({ job }) => job);
  }

  /** Projects that hold places. */
  held(): readonly HeldPlaces[] {
    return this.#byProject.entries().map(([project_id, jobs]) => ({
      project_id,
      jobs,
      full: jobs >= this.#left,
    }));
  }

  /** A task that does not exist any more has nothing to run: its jobs are only cancelled. */
  #most({ project, task: name }: Job): number {
    const manifest = this.#catalog.get(project)?.version.manifest;
    const task = manifest?.tasks.find((candidate) => candidate.name === name);
    return manifest === undefined || task === undefined ? 1 : taskConcurrency(manifest, task);
  }
}

const keyOf = ({ project_id, task }: TaskQueue): string => `${project_id}/${task}`;
