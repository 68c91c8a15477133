import { availableParallelism } from 'node:os';
import { RunnerProcess } from './runner-process.ts';

/**
 * The runners of this server. Task runners are shared by projects and hold no secrets. A vault runner holds one project's
 * secrets and serves no other, ever. A spare is kept warm: it becomes whichever is needed next.
 *
 *   spare -> task runner   the others have stalled, or there is none
 *   spare -> vault runner  a project's first protected call
 *   either -> killed       idle for a while (one task runner stays), or on a fault
 */
const STALLED_MS = 25;
/** Jobs stay together up to this many: one runner that is awake costs less than two that take turns. */
const FULL_JOBS = 64;
const IDLE_MS = 60_000;
const SWEEP_MS = 5_000;
const SPARE_DELAY_MS = 100;

export class Fleet {
  readonly #maxTaskRunners = Math.max(2, availableParallelism());
  readonly #taskRunners = new Set<RunnerProcess>();
  readonly #vaults = new Map<string, RunnerProcess>();
  readonly #all = new Set<RunnerProcess>();
  readonly #sweeper: NodeJS.Timeout;
  #spare: RunnerProcess | undefined;
  #spareTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor() {
    this.#taskRunners.add(this.#start());
    this.#spareSoon();
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Resolves when a task runner is warm. */
  async ready(): Promise<void> {
    const [first] = this.#taskRunners;
    if (!(await first?.ready) && !this.#stopped)
      throw new Error('A runner process could not be started on this machine.');
  }

  /** The runner for a new job: the least loaded that still answers, a further one when all have stalled. */
  taskRunner(): RunnerProcess {
    const alive = [...this.#taskRunners].filter((runner) => !runner.dead);
    const answering = alive.filter((runner) => !runner.isStalled(STALLED_MS));
    const free = answering.find((runner) => runner.jobCount < FULL_JOBS);
    if (free !== undefined) return free;
    if (answering.length > 0) return leastLoaded(answering);
    if (alive.length >= this.#maxTaskRunners) return leastLoaded(alive);
    const runner = this.#takeSpare();
    this.#taskRunners.add(runner);
    return runner;
  }

  /** The one runner that may know this project's secrets. */
  vaultRunner(projectId: string): RunnerProcess {
    const known = this.#vaults.get(projectId);
    if (known !== undefined && !known.dead) return known;
    const runner = this.#takeSpare();
    this.#vaults.set(projectId, runner);
    return runner;
  }

  /** Process ids of all runners. */
  pids(): number[] {
    return [...this.#all].flatMap((runner) => runner.pid ?? []);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    clearTimeout(this.#spareTimer);
    const all = [...this.#all];
    for (const runner of all) runner.kill('Sluice is stopping');
    await Promise.all(all.map((runner) => runner.ended));
  }

  #start(): RunnerProcess {
    const runner = new RunnerProcess();
    this.#all.add(runner);
    runner.ended.then(() => this.#forget(runner));
    return runner;
  }

  #forget(runner: RunnerProcess): void {
    this.#all.delete(runner);
    this.#taskRunners.delete(runner);
    for (const [projectId, vault] of this.#vaults) if (vault === runner) this.#vaults.delete(projectId);
    if (this.#spare === runner) this.#spare = undefined;
    this.#spareSoon();
  }

  #takeSpare(): RunnerProcess {
    const runner = this.#spare ?? this.#start();
    this.#spare = undefined;
    this.#spareSoon();
    return runner;
  }

  /** A little later, so that it does not compete with the job that needs a runner now. */
  #spareSoon(): void {
    if (this.#stopped || this.#spareTimer !== undefined) return;
    this.#spareTimer = setTimeout(() => {
      this.#spareTimer = undefined;
      if (!this.#stopped) this.#spare ??= this.#start();
    }, SPARE_DELAY_MS);
    this.#spareTimer.unref();
  }

  #sweep(): void {
    const now = performance.now();
    const idle = (runner: RunnerProcess) => runner.jobCount === 0 && now - runner.idleSince > IDLE_MS;
    for (const runner of this.#vaults.values()) if (idle(runner)) runner.kill('idle');
    for (const runner of [...this.#taskRunners].slice(1)) if (idle(runner)) runner.kill('idle');
  }
}

function leastLoaded(runners: readonly RunnerProcess[]): RunnerProcess {
  const [first, ...rest] = runners;
  if (first === undefined) throw new Error('no runner');
  return rest.reduce((best, runner) => (runner.jobCount < best.jobCount ? runner : best), first);
}
