import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../../runtime/env/domain/match-pattern.ts';

describe('a pattern', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['', 'a', false],
    ['%', '', true],
    ['%%', 'abc', true],
    ['_', '😀', true],
    ['__', '😀', false],
    ['a%', 'a', true],
    ['a%c', 'abbc', true],
    ['a%c', 'abbcd', false],
    ['%ab%ab%', 'abab', true],
    ['%ab%ab%', 'aba', false],
    ['a\\%', 'a%', true],
    ['a\\%', 'ab', false],
    ['\\\\', '\\', true],
    ['\\', '\\', true],
    ['%_', '', false],
    ['%_', 'abc', true],
    ['_%_', 'a', false],
  ])('%j on %j', (pattern, text, passes) => {
    expect(matchesPattern(pattern, text)).toBe(passes);
  });

  it.each([29, 30, 31, 32, 61, 62, 63, 93])('of %i characters is right where its bits end', (length) => {
    const text = 'ab'.repeat(50).slice(0, length);
    expect(matchesPattern(text, text)).toBe(true);
    expect(matchesPattern(text, `${text}a`)).toBe(false);
    expect(matchesPattern(text, text.slice(1))).toBe(false);
    expect(matchesPattern(`${text}%`, `${text}xyz`)).toBe(true);
    expect(matchesPattern(`%${text}`, `xyz${text}`)).toBe(true);
    expect(matchesPattern(`${text}%x`, `${text}yx`)).toBe(true);
    expect(matchesPattern(`${text.slice(1)}_`, text)).toBe(length === 1);
  });

  it('never goes back in the text, whatever both are', () => {
    const text = 'a'.repeat(200_000);
    expect(matchesPattern(`${'%a'.repeat(499)}%b`, text)).toBe(false);
    expect(matchesPattern(`%${'a_'.repeat(499)}b`, text)).toBe(false);
    expect(matchesPattern(`${'%a'.repeat(499)}%`, text)).toBe(true);
  });
});
