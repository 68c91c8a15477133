import { isUnavailable } from './store-errors.ts';

export interface BatchOptions<Item, Result> {
  /** Writes all of them in one transaction and gives their results in order; rejects when any of them is to blame. */
  write(items: readonly Item[]): Promise<readonly Result[]>;
  /** In one batch. */
  readonly most: number;
  /** Batches under way at once. */
  readonly parallel: number;
  /** Items that share a key are written one after the other, in the order in which they came. */
  keysOf?(item: Item): readonly string[];
}

/** Hands writes of one kind over, to be put together with others. */
export interface Batches<Item, Result> {
  add(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Puts writes together while others are under way: a writer alone goes out at once, and under load one round trip and one commit serve
 * many.
 *
 *     waiting -> (fewer than `parallel` under way) -> write as one -> each gets its result
 *                                                        | one of them is to blame: each alone, so that only the culprit is rejected
 *                                                        | the database cannot be reached: all are rejected
 */
export function batches<Item, Result>(options: BatchOptions<Item, Result>): Batches<Item, Result> {
  const { write, most, parallel, keysOf = () => [] } = options;
  let waiting: Waiting<Item, Result>[] = [];
  /** Keys of what is under way. */
  const held = new Set<string>();
  let underWay = 0;
  let isPlanned = false;

  async function writeAll(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await write(batch.map(({ item }) => item));
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Result);
    } catch (error) {
      if (batch.length > 1 && !isUnavailable(error)) for (const one of batch) await writeAll([one]);
      else for (const one of batch) one.reject(error);
    }
  }

  /** The next ones, without those that have to wait for others. */
  function take(): readonly Waiting<Item, Result>[] {
    const taken: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    const met = new Set(held);
    for (const [index, one] of waiting.entries()) {
      if (taken.length === most) {
        left.push(...waiting.slice(index));
        break;
      }
      const keys = keysOf(one.item);
      (keys.some((key) => met.has(key)) ? left : taken).push(one);
      for (const key of keys) met.add(key);
    }
    waiting = left;
    return taken;
  }

  function start(): void {
    isPlanned = false;
    while (underWay < parallel && waiting.length > 0) {
      const batch = take();
      if (batch.length === 0) return;
      const keys = batch.flatMap(({ item }) => keysOf(item));
      for (const key of keys) held.add(key);
      underWay += 1;
      void writeAll(batch).then(() => {
        underWay -= 1;
        for (const key of keys) held.delete(key);
        start();
      });
    }
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // What else is written in this turn goes along.
        if (isPlanned || underWay >= parallel) return;
        isPlanned = true;
        setImmediate(start);
      }),
  };
}
