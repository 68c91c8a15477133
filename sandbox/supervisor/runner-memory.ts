import { childProcessOf } from '../hardening/child-process.ts';
import { ResidentMemory } from './resident-memory.ts';

/** What a runner may grow by besides what its jobs may use: compiled code, their answers on the way. */
const ROOM_BYTES = 112 * 1024 ** 2;
/** Of its jobs, as many as can have a realm of their own at once. V8 needs about as much again while it collects. */
const LARGE_JOBS = 4;
const HEAP_FACTOR = 2;

/** What one runner has in memory, and whether its jobs account for that. Sizes are in bytes. */
export class RunnerMemory {
  readonly #started: number;
  #resident: ResidentMemory;
  /** What it had in memory before its first job. */
  #restingBytes = 0;

  /** `started`: the process id of what was started, which may be a program that starts the runner, or becomes it. */
  constructor(started: number) {
    this.#started = started;
    this.#resident = new ResidentMemory(started);
  }

  /** Only now the runner is sure to be there. */
  runnerIsReady(): void {
    this.#restingBytes = 0;
    const runner = childProcessOf(this.#started);
    if (runner === undefined || runner === this.#started) return;
    this.#resident.close();
    this.#resident = new ResidentMemory(runner);
  }

  /** 0 where the system does not say. */
  bytes(): number {
    return this.#resident.read() ?? 0;
  }

  /** `allowed`: what each of its jobs may use. */
  isTooLarge(allowed: readonly number[]): boolean {
    const bytes = this.bytes();
    if (this.#restingBytes === 0) this.#restingBytes = bytes;
    const largest = allowed.toSorted((one, other) => other - one).slice(0, LARGE_JOBS);
    const jobBytes = largest.reduce((sum, size) => sum + size, 0);
    return bytes > this.#restingBytes + ROOM_BYTES + jobBytes * HEAP_FACTOR;
  }

  close(): void {
    this.#resident.close();
  }
}
