import { expect, it } from 'vitest';
import { inTurns } from '../../../sandbox/runner/in-turns.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('items are handled in order, a few in each turn of the event loop, and none is forgotten', async () => {
  const seen: number[] = [];
  const take = inTurns<number>(2, (item) => seen.push(item));
  for (const item of [1, 2, 3, 4, 5]) take(item);
  expect(seen).toEqual([]);
  await turn();
  expect(seen).toEqual([1, 2]);
  take(6);
  await turn();
  expect(seen).toEqual([1, 2, 3, 4]);
  await turn();
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  take(7);
  await turn();
  expect(seen.at(-1)).toBe(7);
});
