import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containsSql } from '../../../../../runtime/store/postgres/database/contains-sql.ts';
import { numbered } from '../../../../../runtime/store/postgres/database/numbered.ts';
import { folded, validText } from '../../../../../runtime/store/text.ts';
import { createRandom } from '../../../../support/fuzz/random.ts';
import { type TestDatabase, testDatabase } from '../../../../support/postgres/database.ts';

let data: TestDatabase;
beforeAll(async () => {
  data = await testDatabase();
});
afterAll(() => data[Symbol.asyncDispose]());

/** Which of the texts contain `q` in the database. */
async function found(texts: readonly string[], q: string): Promise<readonly number[]> {
  const { sql, values } = containsSql('found', folded(q));
  const rows = await data.ask<{ number: string }>(
    `SELECT number FROM (SELECT * FROM unnest($${values.length + 1}::text[]) WITH ORDINALITY AS t (found, number)) AS texts
     WHERE ${numbered(sql)} ORDER BY number`,
    [...values, texts],
  );
  return rows.map(({ number }) => Number(number) - 1);
}

const expected = (texts: readonly string[], q: string): readonly number[] =>
  texts.flatMap((text, index) => (folded(text).includes(folded(q)) ? [index] : []));

describe('a search for text in PostgreSQL', () => {
  it.each([
    ['straße', ['STRASSE', 'strasse', 'Straße', 'STRAẞE', 'Strase', 'strassen']],
    ['s', ['ß', 'ſ', 'ﬆ', 'ẞ', 'x']],
    ['ffl', ['ﬄ', 'ﬀl', 'fﬂ', 'FFL', 'ﬃ', 'lff']],
    ['ı', ['I', 'i', 'İ', 'ı', 'i̇', 'x']],
    ['İ', ['i̇', 'İ', 'I', 'i']],
    ['K', ['K', 'k', 'K', 'κ']],
    ['ς', ['Σ', 'σ', 'ς', 'ΟΔΟΣ', 's']],
    ['é', ['É', 'e\u0301', 'E\u0301', 'é']],
    ['ǰ', ['J\u030c', 'ǰ', 'j\u030c', 'J']],
    ['ΐ', ['Ϊ\u0301', '\u0399\u0308\u0301', 'ΐ', 'ΐ']],
    ['ᾳ', ['ΑΙ', 'αι', 'ᾼ', 'ᾳ', 'Α']],
    ['𐐨', ['𐐀', '𐐨', '𐐩']],
    ['%_\\', ['100%_\\', '%', '%_', '_\\']],
    ['', ['', 'a']],
    ['ᲀ', ['В', 'в', 'ᲀ']],
    ['ა', ['Ა', 'ა', 'ბ']],
  ])('finds %j as JavaScript does', async (q, texts) => {
    expect(await found(texts, q)).toEqual(expected(texts, q));
  });

  it('finds each character and what it becomes', async () => {
    const characters = Array.from({ length: 0x20000 }, (_, point) => point)
      .filter((point) => point > 0 && (point < 0xd800 || point > 0xdfff))
      .map((point) => String.fromCodePoint(point));
    const cased = characters.filter((character) => folded(character) !== character);
    expect(cased.length).toBeGreaterThan(1000);
    const texts = [...new Set([...cased, ...cased.map(folded), ...cased.map((c) => c.toLowerCase())])];
    // All in one statement for each: a search for one of them finds the same as JavaScript.
    for (let index = 0; index < cased.length; index += 7) {
      const q = cased[index] ?? '';
      expect({ q, found: await found(texts, q) }).toEqual({ q, found: expected(texts, q) });
    }
  }, 60_000);

  it('knows that what a character becomes does not change again', () => {
    for (let point = 1; point < 0x110000; point += 1) {
      const character = String.fromCodePoint(point);
      if (folded(folded(character)) !== folded(character))
        throw new Error(`U+${point.toString(16)} changes twice.`);
    }
  });

  it('finds the same as JavaScript in random text (seed 20261130)', async () => {
    const random = createRandom(20261130);
    const FEW = [...'aAsSßẞſfﬀﬁFiıIİ\u0307\u030cjJǰnʼŉtﬅﬆkK\u212aκ𐐨𐐀ςσΣ'];
    const any = (): string => validText(String.fromCodePoint(1 + random.whole(1 + random.whole(0x1ffff))));
    const text = (most: number): string =>
      Array.from({ length: random.whole(most) }, () => (random.whole(5) > 0 ? random.pick(FEW) : any())).join(
        '',
      );
    for (let round = 0; round < 300; round += 1) {
      const texts = Array.from({ length: 50 }, () => text(20));
      const q = text(5);
      expect({ q, texts, found: await found(texts, q) }).toEqual({ q, texts, found: expected(texts, q) });
    }
  }, 60_000);
});
