/** How a transaction begins and ends, with the memory that follows the database. `end` throws when it cannot be committed. */
export interface Transaction {
  begin(): void;
  end(): void;
  /** To be called when the transaction has failed. */
  undo(): void;
  /** It is on disk, and who waited for it was told. */
  committed(): void;
}

/** Runs work that is too long for one turn of the event loop. */
export interface PartCommits {
  /** True between the parts of a transaction: no other may begin. */
  readonly isOpen: boolean;
  write(parts: () => Iterator<void, void>): Promise<void>;
  /** Resolves when no transaction is open between two parts. */
  settled(): Promise<void>;
  /** Ends what was accepted, without turns of others. */
  finish(): void;
}

interface Work {
  readonly parts: () => Iterator<void, void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Each work in a transaction of its own, part by part, with turns of others in between.
 *
 *     waiting -> (others have committed: `between`) -> begin -> part, turn, part, turn, ... -> end -> resolve
 *                                                                 | a part throws, or the end: undo, reject
 */
export function partCommits({ begin, end, undo, committed }: Transaction, between: () => void): PartCommits {
  const waiting: Work[] = [];
  /** Goes on with what is under way; true when that has ended. */
  let goOn: (() => boolean) | undefined;
  let isPlanned = false;
  let tellSettled: (() => void)[] = [];

  function opened({ parts, resolve, reject }: Work): () => boolean {
    let work: Iterator<void, void> | undefined;
    return () => {
      try {
        if (work === undefined) {
          begin();
          work = parts();
        }
        if (work.next().done !== true) return false;
        end();
      } catch (error) {
        if (work !== undefined) undo();
        reject(error);
        return true;
      }
      resolve();
      committed();
      return true;
    };
  }

  function step(): void {
    if (goOn?.() !== true) return;
    goOn = undefined;
    const told = tellSettled;
    tellSettled = [];
    for (const tell of told) tell();
  }

  function open(): void {
    const next = waiting.shift();
    if (next !== undefined) goOn = opened(next);
  }

  function run(): void {
    isPlanned = false;
    if (goOn === undefined) {
      between();
      open();
    }
    step();
    if (goOn !== undefined || waiting.length > 0) plan();
    else between();
  }

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(run);
  }

  return {
    get isOpen() {
      return goOn !== undefined;
    },
    write: (parts) =>
      new Promise((resolve, reject) => {
        waiting.push({ parts, resolve, reject });
        plan();
      }),
    async settled() {
      while (goOn !== undefined) await new Promise<void>((resolve) => tellSettled.push(resolve));
    },
    finish() {
      while (goOn !== undefined || waiting.length > 0) {
        if (goOn === undefined) open();
        step();
      }
    },
  };
}
