import { describe, expect, it } from 'vitest';
import { addressMatcher } from '../../../runtime/addresses.ts';
import { parsePairs, parsePairsInTurns } from '../../../server/hooks/form-pairs.ts';
import { headerPairs, parseCookies } from '../../../server/hooks/pairs.ts';
import { remoteAddress } from '../../../server/hooks/remote-address.ts';

describe('cookies', () => {
  it('are pairs in order, with quotes and percent signs read', () => {
    expect(parseCookies('a=1; b="2 3"; a=%C3%A9; c=%zz; d=x=y; nothing; __proto__=p')).toEqual([
      ['a', '1'],
      ['b', '2 3'],
      ['a', 'é'],
      ['c', '%zz'],
      ['d', 'x=y'],
      ['__proto__', 'p'],
    ]);
    expect(parseCookies(undefined)).toEqual([]);
  });
});

describe('arguments', () => {
  it('are pairs in order, decoded', () => {
    expect(parsePairs('b=2&a=1&b=&c&d=%20+%zz', 'arguments')).toEqual([
      ['b', '2'],
      ['a', '1'],
      ['b', ''],
      ['c', ''],
      ['d', '  %zz'],
    ]);
  });

  it.each([
    'a=1&b=2&&c&=d&=&e=f=g&%3D=%26',
    'k=%C3%A9%20%f0%9f%98%80+é&%zz=%4&x=%',
    'bad=%ff%C3(&\ufeff=%EF%BB%BFx&nul=%00',
    'a=+%2B+&+b+=%+%+',
  ])('are read as the standard says: %s', (text) => {
    expect(parsePairs(text, 'arguments')).toEqual([...new URLSearchParams(text)]);
  });

  it.each(['+', '%', '%41', '%ff', '+%2B', 'é', 'a=%&'])(
    'of ten megabytes of "%s" leave others their turn',
    async (piece) => {
      const bytes = Buffer.alloc(10 * 1024 ** 2, piece);
      let turns = 0;
      const count = setInterval(() => {
        turns += 1;
      }, 0);
      const parsed = parsePairsInTurns(bytes, 'form fields').then(
        (pairs) => pairs.length,
        (error) => error.status,
      );
      expect([1, 413]).toContain(await parsed);
      clearInterval(count);
      if (piece.includes('&') || !/[+%]/.test(piece)) return;
      expect(turns).toBeGreaterThan(5);
    },
    30_000,
  );

  it('are limited in number', () => {
    expect(() => parsePairs('a&'.repeat(1001), 'arguments')).toThrow(
      expect.objectContaining({ status: 413 }),
    );
  });

  it('are counted before they are read: a million would hold everybody else up', () => {
    expect(() => parsePairs('a&'.repeat(1_000_000), 'form fields')).toThrow(
      expect.objectContaining({ status: 413 }),
    );
  });
});

describe('headers', () => {
  it('are pairs as sent, and limited in number', () => {
    expect(headerPairs(['A', '1', 'a', '2'])).toEqual([
      ['A', '1'],
      ['a', '2'],
    ]);
    expect(() => headerPairs(Array(402).fill('x'))).toThrow(expect.objectContaining({ status: 431 }));
  });
});

describe('the address of the caller', () => {
  const trusted = addressMatcher(['127.0.0.1', '10.0.0.0/8']);

  it.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    ['::ffff:203.0.113.9', undefined, '203.0.113.9'],
    ['2001:db8::1', undefined, '2001:db8::1'],
    // a stranger cannot say who he is
    ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['127.0.0.1', '198.51.100.7', '198.51.100.7'],
    // only the part that proxies of ours wrote counts
    ['127.0.0.1', '6.6.6.6, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.1', '6.6.6.6, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
    ['127.0.0.1', '10.1.2.3', '10.1.2.3'],
    ['127.0.0.1', 'unknown', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7, nonsense', '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    [undefined, '1.1.1.1', ''],
  ])('from %s with "%s" is %s', (peer, header, expected) => {
    expect(remoteAddress(peer, header, trusted)).toBe(expected);
  });
});
