import { describe, expect, it } from 'vitest';
import { containsText } from '../../../runtime/store/contains-text.ts';

/** So much that the built-in search is not asked. */
const LONG = 3000;

describe('a search for text in text', () => {
  it('answers as the built-in one for long texts that repeat themselves', () => {
    let seed = 7;
    const random = (most: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    const text = (length: number) => Array.from({ length }, () => 'ab'[random(16) === 0 ? 1 : 0]).join('');
    const answers = new Set<boolean>();
    for (let round = 0; round < 60; round += 1) {
      const long = text(LONG);
      const start = random(LONG - 900);
      const part = long.slice(start, start + 800);
      const at = random(800);
      const wanted =
        round % 2 === 0 ? part : `${part.slice(0, at)}${part[at] === 'a' ? 'b' : 'a'}${part.slice(at + 1)}`;
      expect(containsText(long, wanted)).toBe(long.includes(wanted));
      answers.add(long.includes(wanted));
    }
    expect(answers).toEqual(new Set([true, false]));
  });

  it('ends soon for a text that makes the built-in one go back at each character', () => {
    const half = 'a'.repeat(5000);
    const wanted = `${half}b${half}`;
    const text = 'a'.repeat(1_000_000);
    // The built-in one takes seconds for each of these.
    for (let round = 0; round < 20; round += 1) expect(containsText(text, wanted)).toBe(false);
    expect(containsText(`${text}b${half}`, wanted)).toBe(true);
    expect(containsText('a'.repeat(9999), wanted)).toBe(false);
  });
});
