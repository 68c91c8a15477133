interface Running {
  readonly projectId: string;
  cancel(reason: string): void;
}
interface Waiter {
  readonly projectId: string | undefined;
  resolve(): void;
}

/** Every job that runs in this process, from its start until its final state is on disk. */
export class RunningJobs {
  readonly #jobs = new Map<string, Running>();
  #waiters: Waiter[] = [];
  #stopping = false;

  /** True once no new job may start. */
  get stopping(): boolean {
    return this.#stopping;
  }

  add(jobId: string, job: Running): void {
    this.#jobs.set(jobId, job);
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId);
    if (this.#waiters.length > 0) this.#wakeWaiters();
  }

  /** False when no such job runs here. */
  cancel(jobId: string, reason: string): boolean {
    const job = this.#jobs.get(jobId);
    job?.cancel(reason);
    return job !== undefined;
  }

  cancelAll(reason: string, projectId?: string): void {
    for (const job of this.#of(projectId)) job.cancel(reason);
  }

  /** Resolves when none runs any more: of the project, or at all. */
  ended(projectId?: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ projectId, resolve });
      this.#wakeWaiters();
    });
  }

  stopStarting(): void {
    this.#stopping = true;
  }

  #of(projectId: string | undefined): Running[] {
    const all = [...this.#jobs.values()];
    return projectId === undefined ? all : all.filter((job) => job.projectId === projectId);
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = waiters.filter(({ projectId }) => this.#of(projectId).length > 0);
    for (const waiter of waiters) if (!this.#waiters.includes(waiter)) waiter.resolve();
  }
}
