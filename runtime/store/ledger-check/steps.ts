/** A value that is there, or that has to be waited for. */
export type Later<Value> = Value | Promise<Value>;

/** Items one after the other, each of them there or to be waited for. */
export interface LaterItems<Item> {
  next(): Later<IteratorResult<Item, unknown>>;
  /** Nothing more is wanted. */
  return?(value?: undefined): unknown;
}

/**
 * Work that waits only where it must: it yields what it waits for, and goes on with what came of that. A database in a file answers at
 * once, and the work is done in one go, on one state of the file; one that is asked over a network is waited for.
 */
export type Steps<Value> = Generator<Promise<unknown>, Value, unknown>;

/** The value, waited for if need be. */
export function* awaited<Value>(value: Later<Value>): Steps<Value> {
  return value instanceof Promise ? ((yield value) as Value) : value;
}

/** Does `work` with each item. */
export function* forEach<Item>(items: LaterItems<Item>, work: (item: Item) => Steps<void>): Steps<void> {
  try {
    for (;;) {
      const { value, done } = yield* awaited(items.next());
      if (done) return;
      yield* work(value as Item);
    }
  } finally {
    items.return?.();
  }
}

/** Does work that waits for nothing. */
export function doAtOnce<Value>(steps: Steps<Value>): Value {
  const step = steps.next();
  if (!step.done) throw new Error('It would have to wait.');
  return step.value;
}

/** Does work that waits. */
export async function doLater<Value>(steps: Steps<Value>): Promise<Value> {
  let step = steps.next();
  while (!step.done) {
    const came = await step.value.then(
      (value) => () => steps.next(value),
      (error: unknown) => () => steps.throw(error),
    );
    step = came();
  }
  return step.value;
}
