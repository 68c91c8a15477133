import { describe, expect, it } from 'vitest';
import { filterHeaders } from '../../../runtime/webhook/answer-headers.ts';

const kept = (headers: unknown, ownOrigin = false) => filterHeaders(headers, ownOrigin).headers;
const warning = (headers: unknown, ownOrigin = false) => filterHeaders(headers, ownOrigin).warning;

describe('headers of an answer', () => {
  it('are a list of pairs, also with a name twice', () => {
    const pairs = [
      ['Link', '<a>'],
      ['Link', '<b>'],
    ];
    expect(kept(pairs)).toEqual(pairs);
    expect(warning(pairs)).toBeNull();
  });

  it('are a plain object; numbers become text', () => {
    expect(kept({ 'X-A': 'a', 'Retry-After': 5 })).toEqual([
      ['X-A', 'a'],
      ['Retry-After', '5'],
    ]);
  });

  it.each([undefined, null, [], {}])('are none when given %j', (headers) => {
    expect(filterHeaders(headers, false)).toEqual({ headers: [], warning: null });
  });

  it.each(['Connection', 'content-length', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'UPGRADE'])(
    'leave %s to the server, whoever owns the origin',
    (name) => {
      expect(kept([[name, '1']], true)).toEqual([]);
      expect(warning([[name, '1']], true)).toContain(`${name} (set by the server)`);
    },
  );

  it.each([
    'Set-Cookie',
    'Content-Security-Policy',
    'X-Content-Type-Options',
    'Clear-Site-Data',
    'Service-Worker-Allowed',
    'Strict-Transport-Security',
  ])('may hold %s only on an origin of their own', (name) => {
    expect(kept([[name, '1']])).toEqual([]);
    expect(warning([[name, '1']])).toContain('not allowed while hooks share an origin with the console');
    expect(kept([[name, '1']], true)).toEqual([[name, '1']]);
  });

  it.each([
    ['', 'x'],
    ['a b', 'x'],
    ['a\r\nb', 'x'],
    ['näme', 'x'],
    ['X-A', 'a\r\nSet-Cookie: b=c'],
    ['X-A', 'a\nb'],
    ['X-A', 'a\0b'],
    ['X-A', 'snow ☃'],
    ['X-A', 'x'.repeat(9000)],
  ])('drop %j: %j as not valid and keep the others', (name, value) => {
    const pairs = [
      [name, value],
      ['X-B', 'fine'],
    ];
    expect(kept(pairs)).toEqual([['X-B', 'fine']]);
    expect(warning(pairs)).toMatch(/not a valid (name|value)/);
    expect(warning(pairs)).not.toMatch(/[\r\n\0]/);
  });

  it('drop values that are no text', () => {
    expect(kept({ 'X-A': ['a'], 'X-B': null, 'X-C': 'c' })).toEqual([['X-C', 'c']]);
  });

  it.each(['X-A: b', 5, [['a', 'b', 'c']], [1], new Date(0)])('drop all when they are %j', (headers) => {
    expect(kept(headers)).toEqual([]);
    expect(warning(headers)).toContain('a list of [name, value] pairs or a plain object');
  });

  it('are at most a hundred, and the warning about the rest stays short', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => [`X-${index}`, 'x']);
    expect(kept(many)).toHaveLength(100);
    expect(warning(many)?.length).toBeLessThan(500);
    expect(warning(many)).toContain('and 49890 more');
  });
});
