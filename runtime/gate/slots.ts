import { BusyError } from './busy-error.ts';

interface Queue {
  taken: number;
  readonly waiting: Set<() => void>;
}

/** Lets a bounded number of holders per key in at once; the others wait in line. */
export class Slots {
  readonly #queues = new Map<string, Queue>();
  readonly #limit: number;
  readonly #maxWaiting: number;

  constructor(limit: number, maxWaiting: number) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves with what gives the slot back. Rejects with the signal's reason, or with a `BusyError` when the line is too long. */
  async take(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const queue = this.#queues.get(key) ?? { taken: 0, waiting: new Set() };
    this.#queues.set(key, queue);
    if (queue.taken < this.#limit) queue.taken += 1;
    else await this.#wait(queue, signal);
    return () => this.#giveBack(key, queue);
  }

  /** The one who leaves hands the slot over: `taken` stays. */
  async #wait(queue: Queue, signal: AbortSignal): Promise<void> {
    if (queue.waiting.size >= this.#maxWaiting) {
      throw new BusyError(`More than ${this.#maxWaiting} requests wait for their turn. Send fewer at once.`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      if (queue.waiting.delete(resolve)) reject(signal.reason);
    };
    queue.waiting.add(resolve);
    signal.addEventListener('abort', onAbort);
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #giveBack(key: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      queue.waiting.delete(next);
      next();
      return;
    }
    queue.taken -= 1;
    if (queue.taken === 0) this.#queues.delete(key);
  }
}
