import { expect, it } from 'vitest';
import { Rates } from '../../../../runtime/webhook/edge/rates.ts';

const PER_MINUTE = { limit: 2, per: 60_000 };

it('a rate lets so many through at once, says when the next may come, and gives it then', () => {
  const rates = new Rates();
  const take = (at: number, name = 'a') => rates.take(name, PER_MINUTE, at);
  expect([take(0), take(0), take(0)]).toEqual([0, 0, 30]);
  expect(take(29_000)).toBe(1);
  expect([take(30_000), take(30_000)]).toEqual([0, 30]);
  expect(take(30_000, 'b')).toBe(0);
});

it('a rate is not more after a clock that went back, nor after a long rest', () => {
  const rates = new Rates();
  const take = (at: number) => rates.take('a', PER_MINUTE, at);
  expect([take(1e9), take(0), take(0)]).toEqual([0, 0, 30]);
  expect([take(1e12), take(1e12), take(1e12)]).toEqual([0, 0, 30]);
});
