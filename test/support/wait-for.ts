import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `check` holds; fails with `what` after `ms`. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  ms = 5_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
    await sleep(10);
  }
}

/** Asks again until the answer is there; fails after `ms`. */
export async function waitFor<Value>(
  ask: () => Promise<Value | undefined> | Value | undefined,
  ms = 10_000,
): Promise<Value> {
  let value: Value | undefined;
  const isThere = async () => {
    value = await ask();
    return value !== undefined;
  };
  await until(`an answer of ${ask}`, isThere, ms);
  return value as Value;
}
