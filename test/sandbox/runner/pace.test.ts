import { describe, expect, it } from 'vitest';
import { Pace } from '../../../sandbox/runner/pace.ts';

const QUICK = 1;
const SLOW = 50;

function noted(pace: Pace, times: number, ms: number): boolean {
  for (let entry = 0; entry < times; entry += 1) pace.note(ms);
  return pace.trusted;
}

describe('a unit', () => {
  it('is trusted with the thread after twenty quick entries', () => {
    const pace = new Pace();
    expect(noted(pace, 19, QUICK)).toBe(false);
    expect(noted(pace, 1, QUICK)).toBe(true);
  });

  it('is set back, and not more, by an entry that a busy machine makes slow', () => {
    const pace = new Pace();
    noted(pace, 15, QUICK);
    noted(pace, 1, SLOW);
    expect(noted(pace, 9, QUICK)).toBe(false);
    expect(noted(pace, 1, QUICK)).toBe(true);
  });

  it('never earns trust while every other entry is slow', () => {
    const pace = new Pace();
    for (let round = 0; round < 1000; round += 1) {
      pace.note(QUICK);
      pace.note(SLOW);
    }
    expect(pace.trusted).toBe(false);
  });

  it('loses trust with one slow entry, and needs four times as many quick ones each time', () => {
    const pace = new Pace();
    for (const needed of [20, 80, 320, 1280, 5000, 5000]) {
      expect(noted(pace, needed - 1, QUICK)).toBe(false);
      expect(noted(pace, 1, QUICK)).toBe(true);
      expect(noted(pace, 1, SLOW)).toBe(false);
    }
  });
});
