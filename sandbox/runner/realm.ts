import { entryBudget, type HeldJob } from './held-job.ts';
import { Pace } from './pace.ts';
import {
  type EntryArgument,
  type EntryEnd,
  type EntryName,
  type PostListener,
  RealmHost,
} from './realm-host.ts';

interface Entry {
  readonly job: HeldJob;
  readonly name: EntryName;
  readonly args: EntryArgument[];
}

export interface RealmListener {
  post: PostListener;
  /** Jobs of several programs are held: while one of them has the thread, those of others would wait. */
  readonly isShared: boolean;
  /** An entry of the job did not end well. */
  entryFailed(job: HeldJob, end: EntryEnd): void;
  /** The entry was stopped for this reason and its thread runs on all the same: only the process's end stops it. */
  entryStuck(job: HeldJob, end: EntryEnd): void;
}

const WATCH_MS = 50;
/** How long after its time an entry may take to end, on a busy machine too. */
const OVERDUE_MS = 1000;
/** Enough for `end`, which runs no user code. */
const END_BUDGET_MS = 1000;

/**
 * A realm with its queue: one entry at a time, each for one known job, charged to it and bounded by what it has left.
 */
export class Realm {
  readonly jobs = new Set<HeldJob>();
  readonly memoryBytes: number;
  readonly #host: RealmHost;
  readonly #listener: RealmListener;
  readonly #pace = new Map<string, Pace>();
  readonly #queue: Entry[] = [];
  #afterEntry: (() => void)[] = [];
  #aside = false;
  /** Jobs it has served. */
  served = 0;
  idleSince = performance.now();

  constructor(memoryBytes: number, listener: RealmListener) {
    this.memoryBytes = memoryBytes;
    this.#listener = listener;
    this.#host = new RealmHost(memoryBytes, (kind, jobId, rest) => listener.post(kind, jobId, rest));
  }

  /** An entry runs aside or waits: another job had better go elsewhere. */
  get busy(): boolean {
    return this.#aside || this.#queue.length > 0;
  }

  get disposed(): boolean {
    return this.#host.disposed;
  }

  load(unit: string, code: string, filename: string): void {
    this.#host.load(unit, code, filename);
  }

  enter(job: HeldJob, name: EntryName, ...args: EntryArgument[]): void {
    this.#queue.push({ job, name, args });
    if (!this.#aside) this.#next();
  }

  /** Calls back when no entry runs: now, or once the one that runs aside has been charged to its job. */
  whenCharged(callback: () => void): void {
    if (this.#aside) this.#afterEntry.push(callback);
    else callback();
  }

  #next(): void {
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      if (this.disposed) return;
      if (entry.job.ended && entry.name !== 'end') continue;
      if (!this.#run(entry)) return;
    }
  }

  /** True when the entry has ended already. */
  #run(entry: Entry): boolean {
    const budget = entry.name === 'end' ? END_BUDGET_MS : entryBudget(entry.job, performance.now());
    if (budget <= 0) {
      this.#listener.entryFailed(entry.job, { cpuMs: 0, failure: 'timeout', message: '' });
      return true;
    }
    if (entry.name === 'end' || (this.#paceOf(entry.job).trusted && !this.#listener.isShared)) {
      this.#charge(entry, this.#host.enterNow(entry.name, entry.args, budget));
      return true;
    }
    this.#aside = true;
    const watch = this.#watch(entry.job, budget);
    this.#host.enterAside(entry.name, entry.args, budget).then((end) => {
      clearInterval(watch);
      this.#aside = false;
      this.#charge(entry, end);
      const waiting = this.#afterEntry;
      this.#afterEntry = [];
      for (const callback of waiting) callback();
      this.#next();
    });
    return false;
  }

  /**
   * Measured: a loop of `new Array(1000).fill(x)` is not ended by the memory limit; it goes on until memory is gone. Sorting
   * four billion holes is not ended by the timeout; it goes on for hours.
   */
  #watch(job: HeldJob, budget: number): NodeJS.Timeout {
    const overdue = performance.now() + budget + OVERDUE_MS;
    let disposed = 0;
    const watch = setInterval(() => {
      if (this.disposed) disposed += 1;
      if (disposed < 2 && performance.now() < overdue) return;
      clearInterval(watch);
      const failure = this.disposed ? 'disposed' : 'timeout';
      this.#listener.entryStuck(job, { cpuMs: 0, failure, message: '' });
    }, WATCH_MS);
    return watch;
  }

  #charge({ job, name }: Entry, end: EntryEnd): void {
    job.cpuMs += end.cpuMs;
    if (name !== 'end') this.#paceOf(job).note(end.cpuMs);
    if (end.failure !== null && !job.ended) this.#listener.entryFailed(job, end);
  }

  #paceOf(job: HeldJob): Pace {
    let pace = this.#pace.get(job.unit);
    if (pace === undefined) {
      pace = new Pace();
      this.#pace.set(job.unit, pace);
    }
    return pace;
  }

  usedBytes(): number {
    return this.#host.usedBytes();
  }

  dispose(): void {
    this.#host.dispose();
  }
}
