import { describe, expect, it } from 'vitest';
import { storedDate, storedDatetime } from '../../../runtime/env/moments.ts';

describe('a date or time', () => {
  it.each<[unknown, string]>([
    [new Date('2026-11-28T20:00:00.123Z'), '2026-11-28T20:00:00.123Z'],
    ['2026-11-28T20:00:00Z', '2026-11-28T20:00:00.000Z'],
    ['2026-11-28T20:00:00.5+02:00', '2026-11-28T18:00:00.500Z'],
    ['2026-11-28 20:00:00', '2026-11-28T20:00:00.000Z'],
    ['2026-11-28 20:00', '2026-11-28T20:00:00.000Z'],
    ['2026-11-28 20:00:00.123456', '2026-11-28T20:00:00.123Z'],
    ['2026-11-28', '2026-11-28T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31 23:59:59', '9999-12-31T23:59:59.000Z'],
  ])('%j is kept as %s, and as its day', (value, kept) => {
    expect(storedDatetime(value)).toBe(kept);
    expect(storedDate(value)).toBe(kept.slice(0, 10));
  });

  it.each<[unknown]>([
    ['2026-02-30'],
    ['2026-11-28T20:00:00'],
    ['2026-11-28 25:00:00'],
    ['2026-11-28 20:00.5'],
    ['28.11.2026'],
    ['0000-01-01'],
    ['9999-12-31T23:59:59-05:00'],
    ['today'],
    [''],
    ['2'.repeat(100)],
    [new Date(Number.NaN)],
    [new Date(9e14)],
    [0],
    [null],
    [{}],
  ])('%j is none', (value) => {
    expect(storedDatetime(value)).toBeUndefined();
    expect(storedDate(value)).toBeUndefined();
  });
});
