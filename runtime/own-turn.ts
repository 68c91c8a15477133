import { setImmediate } from 'node:timers/promises';

/** How long work may go on before others get their turn, in milliseconds. */
const LONGEST_MS = 10;

/** Long work on the server's own thread, in turns with everything else. */
export class OwnTurn {
  #began = performance.now();

  /** Whether it is time to let others go on. */
  get isOver(): boolean {
    return performance.now() - this.#began >= LONGEST_MS;
  }

  /** Between two steps: lets others go on when it is time. */
  async end(): Promise<void> {
    if (!this.isOver) return;
    await setImmediate();
    this.#began = performance.now();
  }
}
