import { monotonic } from '../wire/monotonic.ts';
import { type EntryBudget, entryBudget, type HeldJob } from './held-job.ts';
import { Pace } from './pace.ts';
import {
  type EntryArgument,
  type EntryEnd,
  type EntryName,
  type PostListener,
  RealmHost,
} from './realm-host.ts';
import type { Recorder } from './recorder.ts';

interface Entry {
  readonly job: HeldJob;
  readonly name: EntryName;
  readonly args: EntryArgument[];
}

export interface RealmListener {
  /** `realm` is where it comes from; what else it says may be a lie. */
  post(realm: Realm, ...said: Parameters<PostListener>): void;
  /** Jobs of several programs are held: while one of them has the thread, those of others would wait. */
  readonly isShared: boolean;
  /** An entry of the job did not end well. */
  entryFailed(job: HeldJob, end: EntryEnd): void;
  /** Where the server looks when this process is stuck or dead. */
  readonly recorder: Recorder;
}

/** Enough for `end`, which runs no user code. */
const END_BUDGET_MS = 1000;

/**
 * A realm with its queue: one entry at a time, each for one known job, charged to it and bounded by what it has left.
 */
export class Realm {
  readonly jobs = new Set<HeldJob>();
  readonly memoryBytes: number;
  /** For one job, and not hardened. */
  readonly own: boolean;
  readonly #host: RealmHost;
  readonly #listener: RealmListener;
  readonly #pace = new Map<string, Pace>();
  readonly #queue: Entry[] = [];
  #afterEntry: (() => void)[] = [];
  #aside = false;
  /** Of the entry under way, in the recording. */
  #slot: number | undefined;
  /** Jobs it has served. */
  served = 0;
  idleSince = performance.now();

  constructor(memoryBytes: number, listener: RealmListener, own = false) {
    this.memoryBytes = memoryBytes;
    this.own = own;
    this.#listener = listener;
    this.#host = new RealmHost(memoryBytes, own, (...said) => listener.post(this, ...said));
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
      if (this.disposed) break;
      if (entry.job.ended && entry.name !== 'end') continue;
      if (!this.#run(entry)) return;
    }
    this.#leave();
  }

  /** True when the entry has ended already. */
  #run(entry: Entry): boolean {
    const { job, name, args } = entry;
    const now = performance.now();
    const budget = name === 'end' ? { ms: END_BUDGET_MS, limit: 'wall' as const } : entryBudget(job, now);
    if (budget.ms <= 0) {
      this.#listener.entryFailed(job, { cpuMs: 0, failure: 'timeout', message: '' });
      return true;
    }
    const onThread = name === 'end' || (this.#paceOf(job).trusted && !this.#listener.isShared);
    this.#enter(job, budget, onThread);
    if (onThread) {
      this.#charge(entry, this.#host.enterNow(name, args, budget.ms));
      return true;
    }
    this.#aside = true;
    this.#host.enterAside(name, args, budget.ms).then((end) => {
      this.#aside = false;
      this.#leave();
      this.#charge(entry, end);
      const waiting = this.#afterEntry;
      this.#afterEntry = [];
      for (const callback of waiting) callback();
      this.#next();
    });
    return false;
  }

  #enter(job: HeldJob, { ms, limit }: EntryBudget, onThread: boolean): void {
    const { recorder } = this.#listener;
    const entered = { jobId: job.id, limitAt: monotonic() + ms, limit, onThread };
    if (this.#slot === undefined) this.#slot = recorder.enter(entered);
    else recorder.again(this.#slot, entered);
  }

  #leave(): void {
    if (this.#slot !== undefined) this.#listener.recorder.leave(this.#slot);
    this.#slot = undefined;
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
