import { Tally } from '../sandbox/tally.ts';
import type { Catalog } from './catalog.ts';
import { taskConcurrency } from './job-limits.ts';
import type { FreePlaces, JobRow } from './store/job-store.ts';

type Job = Pick<JobRow, 'project' | 'project_id' | 'task'>;

/**
 * Who may start another queued job. A task has as many places as its limits say. A project may hold as many of this
 * process's places as it leaves free: alone half of them, and however many projects are busy, there is one for the next.
 */
export class Places implements FreePlaces {
  readonly #catalog: Pick<Catalog, 'get'>;
  readonly #byTask: Tally;
  readonly #byProject: Tally;
  #left: number;

  constructor(catalog: Pick<Catalog, 'get'>, most: number, byTask = new Tally(), byProject = new Tally()) {
    this.#catalog = catalog;
    this.#left = most;
    this.#byTask = byTask;
    this.#byProject = byProject;
  }

  /** The same places, for a claim that may come to nothing. */
  copy(): Places {
    return new Places(this.#catalog, this.#left, this.#byTask.copy(), this.#byProject.copy());
  }

  get left(): number {
    return this.#left;
  }

  /** Its project has as many as it leaves free, or its task as many as it may. */
  mayStart(job: Job): boolean {
    if (this.heldBy(job.project_id) >= this.#left) return false;
    const held = this.#byTask.of(keyOf(job));
    return held === 0 || held < this.mostOf(job);
  }

  heldBy(projectId: string): number {
    return this.#byProject.of(projectId);
  }

  take(job: Job): void {
    this.#left -= 1;
    this.#byProject.add(job.project_id, 1);
    this.#byTask.add(keyOf(job), 1);
  }

  /** It does not run any more. The place of its task stays taken until its end is stored: so long another process counts it. */
  leave(job: Job): void {
    this.#left += 1;
    this.#byProject.add(job.project_id, -1);
  }

  /** After `leave`. */
  free(job: Job): void {
    this.#byTask.add(keyOf(job), -1);
  }

  /** A task that does not exist any more has nothing to run: its jobs are only cancelled. */
  mostOf({ project, task: name }: Job): number {
    const manifest = this.#catalog.get(project)?.version.manifest;
    const task = manifest?.tasks.find((candidate) => candidate.name === name);
    return manifest === undefined || task === undefined ? 1 : taskConcurrency(manifest, task);
  }
}

const keyOf = ({ project_id, task }: Job): string => `${project_id}/${task}`;
