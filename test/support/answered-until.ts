import { expect } from 'vitest';
import type { Instance } from './instance.ts';

/** Calls /healthz and a webhook until `over` has settled; how often all of it was answered rightly. */
export async function answeredUntil(
  { url }: Pick<Instance, 'url'>,
  hook: string,
  over: Promise<unknown>,
): Promise<number> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  over.then(end, end);
  let count = 0;
  while (!isOver) {
    const [health, answer] = await Promise.all([fetch(`${url}/healthz`), fetch(hook)]);
    expect([health.status, answer.status]).toEqual([200, 200]);
    count += 1;
  }
  return count;
}
