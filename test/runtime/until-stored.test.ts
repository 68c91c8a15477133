import { describe, expect, it } from 'vitest';
import { storeAway } from '../../runtime/store/store-unavailable.ts';
import { untilStored } from '../../runtime/until-stored.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/wait-for.ts';

describe('what must not be lost', () => {
  const open = (failures: number, error: Error = storeAway()) => {
    const clock = new FakeClock();
    const giveUp = new AbortController();
    let tries = 0;
    const written = untilStored({ clock, givenUp: giveUp.signal }, async () => {
      tries += 1;
      if (tries <= failures) throw error;
      return 'written';
    });
    written.catch(() => {});
    return { clock, giveUp, written, tries: () => tries };
  };

  it('is written again until the store takes it, after longer and longer pauses', async () => {
    const { clock, written, tries } = open(8);
    for (const [index, pause] of [100, 200, 400, 800, 1600, 3000, 3000, 3000].entries()) {
      await until('it waits', () => clock.waiting === 1);
      clock.advance(pause - 1);
      expect([pause, tries()]).toEqual([pause, index + 1]);
      clock.advance(1);
      await until('it is tried again', () => tries() === index + 2);
    }
    expect(await written).toBe('written');
  });

  it('is given up for a reason that stays', async () => {
    const { written, tries } = open(1, new Error('The row is not valid.'));
    await expect(written).rejects.toThrow('not valid');
    expect(tries()).toBe(1);
  });

  it('is tried a last time when there is no time left', async () => {
    const { clock, giveUp, written, tries } = open(9);
    await until('it waits', () => clock.waiting === 1);
    giveUp.abort();
    await expect(written).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
    expect([tries(), clock.waiting]).toEqual([2, 0]);
  });
});
