import { availableParallelism, totalmem } from 'node:os';
import type { Lane } from './conduct.ts';
import type { EndCause } from './loss.ts';
import type { JobPort, RunnerProcess } from './runner-process.ts';
import { Watch } from './watch.ts';

/**
 * The runners of this server. Task runners hold no secrets; those of the shared lane serve the proven tasks of all
 * projects, all others one project's only. A vault runner holds one project's secrets and serves no other, ever. A spare
 * is kept warm: it becomes whichever is needed next.
 *
 *   spare -> task runner of a lane   there is none yet; in the shared lane also: the others have stalled
 *   spare -> runner of one job       the job was in a runner that ended, and may have been the cause
 *   spare -> vault runner            a project's first protected call
 *   any   -> retired                 it has served long or stays large: no new jobs
 *   any   -> killed                  idle for a while, retired and empty, or on a fault: see `watch.ts`
 */
const STALLED_MS = 25;
/** Jobs stay together up to this many: one runner that is awake costs less than two that take turns. */
const FULL_JOBS = 64;
const IDLE_MS = 60_000;
const SWEEP_MS = 5_000;
const SPARE_DELAY_MS = 100;
/** When runners do not even start, the next try waits longer each time. */
const LONGEST_SPARE_DELAY_MS = 10_000;
const RECYCLE_AFTER_JOBS = 500_000;
/** With no job in it; V8 and the allocator give little back. */
const LARGE_IDLE_BYTES = 220 * 1024 ** 2;
/** A quarter of the machine's memory for runners of one project each, at about 80 MB. */
const MAX_PRIVATE = Math.max(4, Math.min(32, Math.floor(totalmem() / 4 / (80 * 1024 ** 2))));

const UNWANTED: EndCause = { kind: 'unwanted' };

/** Where a job wants to run. */
export interface Wanted {
  readonly projectId: string;
  readonly lane: Lane | 'alone';
}

export class Fleet {
  readonly #maxShared = Math.max(2, availableParallelism());
  readonly #shared = new Set<RunnerProcess>();
  readonly #private = new Map<string, RunnerProcess>();
  readonly #vaults = new Map<string, RunnerProcess>();
  /** They get no new jobs. */
  readonly #retired = new Set<RunnerProcess>();
  readonly #all = new Set<RunnerProcess>();
  readonly #watch = new Watch(() => this.#all);
  readonly #sweeper: NodeJS.Timeout;
  #spare: RunnerProcess | undefined;
  #spareTimer: NodeJS.Timeout | undefined;
  #failedStarts = 0;
  #stopped = false;
  readonly #makeRunner: () => RunnerProcess;

  constructor(makeRunner: () => RunnerProcess) {
    this.#makeRunner = makeRunner;
    this.#spare = this.#start();
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Resolves when a runner is warm. */
  async ready(): Promise<void> {
    const [first] = this.#all;
    if (!(await first?.ready) && !this.#stopped)
      throw new Error('A runner process could not be started on this machine.');
  }

  /** Gives the job to a task runner that suits it; from now on the runner's frames for the job go to `port`. */
  holdTask(wanted: Wanted, jobId: string, port: JobPort): RunnerProcess {
    return this.#hold(this.#taskRunner(wanted), jobId, port);
  }

  /** Gives the job to the one runner that may know this project's secrets. */
  holdProtected(projectId: string, jobId: string, port: JobPort): RunnerProcess {
    const known = this.#vaults.get(projectId);
    if (known !== undefined && this.#isUsable(known)) return this.#hold(known, jobId, port);
    const runner = this.#takeSpare();
    this.#vaults.set(projectId, runner);
    return this.#hold(runner, jobId, port);
  }

  /** Process ids of all runners. */
  pids(): number[] {
    return [...this.#all].flatMap((runner) => runner.pid ?? []);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    clearInterval(this.#sweeper);
    clearTimeout(this.#spareTimer);
    const all = [...this.#all];
    for (const runner of all) runner.kill(UNWANTED);
    await Promise.all(all.map((runner) => runner.ended));
  }

  #hold(runner: RunnerProcess, jobId: string, port: JobPort): RunnerProcess {
    runner.hold(jobId, port);
    this.#watch.wake();
    return runner;
  }

  #taskRunner({ lane, projectId }: Wanted): RunnerProcess {
    if (lane === 'shared') return this.#sharedRunner();
    if (lane !== 'alone') return this.#privateRunner(`${lane}:${projectId}`);
    const runner = this.#takeSpare();
    this.#retired.add(runner);
    return runner;
  }

  /** The least loaded that still answers, a further one when all have stalled. */
  #sharedRunner(): RunnerProcess {
    const alive = [...this.#shared].filter((runner) => this.#isUsable(runner));
    const answering = alive.filter((runner) => !runner.isStalled(STALLED_MS));
    const free = answering.find((runner) => runner.jobCount < FULL_JOBS);
    if (free !== undefined) return free;
    if (answering.length > 0) return leastLoaded(answering);
    if (alive.length >= this.#maxShared) return leastLoaded(alive);
    const runner = this.#takeSpare();
    this.#shared.add(runner);
    return runner;
  }

  /** When there are too many already, the one that has been idle longest goes; when none is, it is shared after all. */
  #privateRunner(key: string): RunnerProcess {
    const known = this.#private.get(key);
    if (known !== undefined && this.#isUsable(known)) return known;
    const others = [...this.#private.values()].filter((runner) => this.#isUsable(runner));
    if (others.length >= MAX_PRIVATE) {
      const idle = others.filter((runner) => runner.jobCount === 0);
      if (idle.length === 0) return leastLoaded(others);
      idle.reduce((one, other) => (one.idleSince < other.idleSince ? one : other)).kill(UNWANTED);
    }
    const runner = this.#takeSpare();
    this.#private.set(key, runner);
    return runner;
  }

  #isUsable(runner: RunnerProcess): boolean {
    return !runner.dead && !this.#retired.has(runner);
  }

  #start(): RunnerProcess {
    const runner = this.#makeRunner();
    this.#all.add(runner);
    runner.ready.then((ready) => {
      this.#failedStarts = ready ? 0 : this.#failedStarts + 1;
    });
    runner.ended.then(() => this.#forget(runner));
    return runner;
  }

  #forget(runner: RunnerProcess): void {
    this.#all.delete(runner);
    this.#shared.delete(runner);
    this.#retired.delete(runner);
    for (const runners of [this.#private, this.#vaults]) {
      for (const [key, known] of runners) if (known === runner) runners.delete(key);
    }
    if (this.#spare === runner) this.#spare = undefined;
    this.#spareSoon();
  }

  #takeSpare(): RunnerProcess {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#spareSoon();
    return spare === undefined || spare.dead ? this.#start() : spare;
  }

  /** A little later, so that it does not compete with the job that needs a runner now. */
  #spareSoon(): void {
    if (this.#stopped || this.#spareTimer !== undefined) return;
    this.#spareTimer = setTimeout(
      () => {
        this.#spareTimer = undefined;
        if (!this.#stopped) this.#spare ??= this.#start();
      },
      Math.min(SPARE_DELAY_MS * 2 ** this.#failedStarts, LONGEST_SPARE_DELAY_MS),
    );
    this.#spareTimer.unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const runner of this.#all) {
      if (runner === this.#spare || runner.dead) continue;
      const empty = runner.jobCount === 0;
      const worn = runner.served > RECYCLE_AFTER_JOBS || (empty && runner.residentBytes() > LARGE_IDLE_BYTES);
      if (worn) this.#retired.add(runner);
      const idle = empty && now - runner.idleSince > IDLE_MS;
      if (empty && (idle || this.#retired.has(runner))) runner.kill(UNWANTED);
    }
  }
}

function leastLoaded(runners: readonly RunnerProcess[]): RunnerProcess {
  const [first, ...rest] = runners;
  if (first === undefined) throw new Error('no runner');
  return rest.reduce((best, runner) => (runner.jobCount < best.jobCount ? runner : best), first);
}
