import { setTimeout as sleep } from 'node:timers/promises';

/** After each step others get three times as long as it took. */
const REST = 3;
const LONGEST_REST_MS = 200;

/** Keeps long work in small steps from slowing others down: at most a quarter of the time is its own. */
export class Pace {
  #stopped = false;

  /** No step should follow. */
  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Runs a step, and rests. */
  async step<Value>(work: () => Promise<Value>): Promise<Value> {
    const began = performance.now();
    const value = await work();
    const rest = Math.min((performance.now() - began) * REST, LONGEST_REST_MS);
    if (!this.#stopped) await sleep(rest);
    return value;
  }
}
