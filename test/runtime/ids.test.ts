import { describe, expect, it } from 'vitest';
import { firstUuidAt, randomPath, timeOfUuid, uuidv7 } from '../../runtime/ids.ts';

describe('a UUID version 7', () => {
  it('has the form of RFC 9562 and tells its time', () => {
    const now = Date.now() + 1_000_000;
    const id = uuidv7(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOfUuid(id)).toBe(now);
  });

  it('sorts in the order of making, within a millisecond and when the clock is set back', () => {
    const start = Date.now() + 2_000_000;
    const ids = Array.from({ length: 20_000 }, (_, n) => uuidv7(n % 2 === 0 ? start : start - 5_000));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('ends in chance, with the variant of the RFC', () => {
    const tails = Array.from({ length: 1_000 }, () => uuidv7().slice(19));
    expect(new Set(tails).size).toBe(1_000);
    expect(new Set(tails.map((tail) => tail.charAt(0)))).toEqual(new Set('89ab'));
  });

  it('is told from other texts', () => {
    for (const text of [
      '',
      'x',
      '0190a1b2-0000-4000-8000-000000000001',
      `${uuidv7()} `,
      uuidv7().toUpperCase(),
    ]) {
      expect(timeOfUuid(text)).toBeUndefined();
    }
  });

  it('never sorts before the first one of its time', () => {
    const now = Date.now() + 3_000_000;
    const id = uuidv7(now);
    expect(firstUuidAt(now) <= id).toBe(true);
    expect(firstUuidAt(now + 1) > id).toBe(true);
    expect(timeOfUuid(firstUuidAt(-5))).toBe(0);
  });
});

describe('a hook path', () => {
  it('is 24 characters that need no escaping, and never the same', () => {
    const paths = Array.from({ length: 1_000 }, randomPath);
    expect(paths.every((path) => /^[A-Za-z0-9_-]{24}$/.test(path))).toBe(true);
    expect(new Set(paths).size).toBe(1_000);
  });
});
