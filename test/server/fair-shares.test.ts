import { describe, expect, it } from 'vitest';
import { FairShares } from '../../server/fair-shares.ts';

/** Takes one after the other; says how many there were. */
function takeAll(shares: FairShares, holder: string): number {
  let taken = 0;
  while (shares.take(holder, 1)) taken += 1;
  return taken;
}

describe('fair shares', () => {
  it('give one holder half, and the next something however many there are', () => {
    const shares = new FairShares(1000);
    expect(takeAll(shares, 'a')).toBe(500);
    expect(takeAll(shares, 'b')).toBe(250);
    expect(takeAll(shares, 'c')).toBe(125);
    expect(takeAll(shares, 'd')).toBeGreaterThan(0);
  });

  it('give nobody more than the bound for each', () => {
    expect(takeAll(new FairShares(1000, 200), 'a')).toBe(200);
  });

  it('take nothing when it is too much, and come back', () => {
    const shares = new FairShares(10);
    expect(shares.take('a', 11)).toBe(false);
    expect(shares.take('a', 10)).toBe(true);
    expect(shares.take('b', 1)).toBe(false);
    shares.give('a', 10);
    expect([shares.heldBy('a'), shares.take('b', 10)]).toEqual([0, true]);
  });
});
