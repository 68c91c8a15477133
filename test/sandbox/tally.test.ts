import { expect, it } from 'vitest';
import { Tally } from '../../sandbox/tally.ts';

it('adds up by name and forgets who has none left', () => {
  const tally = new Tally();
  tally.add('a', 2);
  tally.add('b', 1);
  tally.add('a', -1);
  expect(tally.entries()).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  tally.add('b', -1);
  expect([tally.of('a'), tally.of('b'), tally.size]).toEqual([1, 0, 1]);
});
