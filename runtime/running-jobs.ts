interface Running {
  readonly projectId: string;
  cancel(reason: string): void;
}
interface Waiter {
  readonly jobId: string | undefined;
  readonly projectId: string | undefined;
  resolve(): void;
}

/** Every job that runs in this process, from its start until its final state is on disk. */
export class RunningJobs {
  readonly #jobs = new Map<string, Running>();
  readonly #cancelled = new Map<string, string>();
  #waiters: Waiter[] = [];
  #stopping = false;

  /** True once no new job may start. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get ids(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  add(jobId: string, job: Running): void {
    this.#jobs.set(jobId, job);
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId);
    this.#cancelled.delete(jobId);
    if (this.#waiters.length > 0) this.#wakeWaiters();
  }

  /** Ends one job on somebody's wish, for good. Resolves once what became of it is on disk; undefined when it does not run here. */
  cancel(jobId: string, reason: string): Promise<void> | undefined {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return undefined;
    this.#cancelled.set(jobId, reason);
    job.cancel(reason);
    return new Promise((resolve) => {
      this.#waiters.push({ jobId, projectId: undefined, resolve });
    });
  }

  /** Why somebody wished this one job to end; undefined when nobody did. */
  cancelReason(jobId: string): string | undefined {
    return this.#cancelled.get(jobId);
  }

  cancelAll(reason: string, projectId?: string): void {
    for (const job of this.#of(projectId)) job.cancel(reason);
  }

  /** Resolves when none runs any more: of the project, or at all. */
  ended(projectId?: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ jobId: undefined, projectId, resolve });
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

  #isUnderWay({ jobId, projectId }: Waiter): boolean {
    return jobId === undefined ? this.#of(projectId).length > 0 : this.#jobs.has(jobId);
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = waiters.filter((waiter) => this.#isUnderWay(waiter));
    for (const waiter of waiters) if (!this.#waiters.includes(waiter)) waiter.resolve();
  }
}
