import { describe, expect, it } from 'vitest';
import { LookLoop } from '../../runtime/look-loop.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/wait-for.ts';

const nothing = async () => {};

describe('a loop of looks', () => {
  it('looks after its first work, and again when the pause is over', async () => {
    const clock = new FakeClock();
    let looks = 0;
    const loop = new LookLoop(clock, async () => {
      looks += 1;
      return 1000;
    });
    await loop.inTurn(nothing);
    await until('the loop sleeps', () => clock.waiting === 1);
    clock.advance(999);
    expect(looks).toBe(1);
    clock.advance(1);
    await until('the loop sleeps', () => clock.waiting === 1);
    expect(looks).toBe(2);
    await loop.stop();
    expect(clock.waiting).toBe(0);
  });

  it('never looks while work is done', async () => {
    const told: string[] = [];
    const open = Promise.withResolvers<void>();
    const loop = new LookLoop(new FakeClock(), async () => {
      told.push('look begins');
      await open.promise;
      told.push('look ends');
      return null;
    });
    const first = loop.inTurn(async () => void told.push('first work'));
    const second = loop.inTurn(async () => void told.push('second work'));
    await first;
    await until('it looks', () => told.includes('look begins'));
    open.resolve();
    await second;
    await loop.stop();
    expect(told.slice(0, 4)).toEqual(['first work', 'look begins', 'look ends', 'second work']);
  });

  it('sleeps for good after a look that names no pause, until work is done', async () => {
    const clock = new FakeClock();
    let looks = 0;
    const loop = new LookLoop(clock, async () => {
      looks += 1;
      return null;
    });
    await loop.inTurn(nothing);
    await until('it has looked', () => looks === 1);
    expect(clock.waiting).toBe(0);
    await loop.inTurn(nothing);
    await until('it has looked', () => looks === 2);
    await loop.stop();
  });

  it('tells whose work failed, and goes on', async () => {
    let looks = 0;
    const loop = new LookLoop(new FakeClock(), async () => {
      looks += 1;
      return null;
    });
    const failing = loop.inTurn(() => Promise.reject(new Error('no plan')));
    await expect(failing).rejects.toThrow('no plan');
    await until('it has looked', () => looks === 1);
    await loop.stop();
  });

  it('waits for the look that is under way when it is stopped, and looks no more', async () => {
    const clock = new FakeClock();
    const open = Promise.withResolvers<void>();
    let begun = false;
    let ended = false;
    const loop: LookLoop = new LookLoop(clock, async () => {
      begun = true;
      await open.promise;
      ended = loop.stopped;
      return 1000;
    });
    await loop.inTurn(nothing);
    await until('it looks', () => begun);
    const stopped = loop.stop();
    open.resolve();
    await stopped;
    expect([ended, clock.waiting]).toEqual([true, 0]);
  });
});
