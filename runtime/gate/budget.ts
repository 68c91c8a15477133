import { BusyError } from './busy-error.ts';

/** What one request holds of its project's memory, or one body of the spool. */
export interface Hold {
  /** Throws a `BusyError` when the project would hold too much; then nothing is added. */
  add(bytes: number): void;
  /** Gives everything back. */
  release(): void;
}

/** Bounds the bytes that those with the same key hold together, so that no project fills the server's memory or disk. */
export class Budget {
  readonly #held = new Map<string, number>();
  readonly #limit: number;

  readonly #sentence: string;

  /** `sentence`: what a `BusyError` says, and what to do then. */
  constructor(
    limit: number,
    sentence = `The requests of this project that are under way hold more than ${limit} bytes. Send fewer at once.`,
  ) {
    this.#limit = limit;
    this.#sentence = sentence;
  }

  open(key: string): Hold {
    let own = 0;
    return {
      add: (bytes) => {
        this.#change(key, bytes);
        own += bytes;
      },
      release: () => {
        this.#change(key, -own);
        own = 0;
      },
    };
  }

  #change(key: string, bytes: number): void {
    const held = (this.#held.get(key) ?? 0) + bytes;
    if (held > this.#limit) throw new BusyError(this.#sentence);
    if (held === 0) this.#held.delete(key);
    else this.#held.set(key, held);
  }
}
