import type { Catalog } from './catalog.ts';
import { taskConcurrency } from './job-limits.ts';
import type { JobRow } from './store/store.ts';

type Lane = Pick<JobRow, 'project' | 'project_id' | 'task'>;

/** Who may start another queued job: this process as a whole has `most` places, each task as many as its limits say. */
export class Places {
  readonly #catalog: Pick<Catalog, 'get'>;
  readonly #taken = new Map<string, { readonly lane: Lane; jobs: number }>();
  #left: number;

  constructor(catalog: Pick<Catalog, 'get'>, most: number) {
    this.#catalog = catalog;
    this.#left = most;
  }

  get left(): number {
    return this.#left;
  }

  take(lane: Lane): void {
    this.#left -= 1;
    const taken = this.#taken.get(keyOf(lane));
    if (taken === undefined) this.#taken.set(keyOf(lane), { lane, jobs: 1 });
    else taken.jobs += 1;
  }

  free(lane: Lane): void {
    this.#left += 1;
    const taken = this.#taken.get(keyOf(lane));
    if (taken === undefined) return;
    taken.jobs -= 1;
    if (taken.jobs === 0) this.#taken.delete(keyOf(lane));
  }

  /** Tasks that may not start another one. */
  full(): readonly Lane[] {
    const full: Lane[] = [];
    for (const { lane, jobs } of this.#taken.values()) if (jobs >= this.#most(lane)) full.push(lane);
    return full;
  }

  /** A task that does not exist any more has nothing to run: its jobs are only cancelled. */
  #most({ project, task: name }: Lane): number {
    const manifest = this.#catalog.get(project)?.version.manifest;
    const task = manifest?.tasks.find((candidate) => candidate.name === name);
    return manifest === undefined || task === undefined ? 1 : taskConcurrency(manifest, task);
  }
}

const keyOf = ({ project_id, task }: Lane): string => `${project_id}/${task}`;
