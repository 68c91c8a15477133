import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is there; fails after `ms`. */
export async function waitFor<Value>(
  ask: () => Promise<Value | undefined> | Value | undefined,
  ms = 10_000,
): Promise<Value> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Waited ${ms} ms in vain: ${ask}`);
    await sleep(10);
  }
}
