import { describe, expect, it } from 'vitest';
import { parseHookPath } from '../../../server/hooks/hook-path.ts';

describe('the path of a hook', () => {
  it.each([
    ['/hook/abc', 'abc', '', ''],
    ['/hook/abc/', 'abc', '/', ''],
    ['/hook/abc/x/y', 'abc', '/x/y', ''],
    ['/hook/abc/x/', 'abc', '/x/', ''],
    ['/hook/abc?a=1&a=2', 'abc', '', 'a=1&a=2'],
    ['/hook/abc/x?a=/..//b', 'abc', '/x', 'a=/..//b'],
    ['/hook/abc/h%C3%A9/%20', 'abc', '/hé/ ', ''],
    ['/hook/abc/%2525', 'abc', '/%25', ''],
    ['/hook/abc/a..b/...', 'abc', '/a..b/...', ''],
  ])('%s is taken apart', (target, hook, rest, query) => {
    expect(parseHookPath(target)).toEqual({ hook, rest, query });
  });

  it.each([
    '/hook/',
    '/hook//',
    '/hook/../abc',
    '/hook/ab%63',
    '/hook/abc.',
    '/hook/abc\\x',
    '/hook/abc/..',
    '/hook/abc/../x',
    '/hook/abc/./x',
    '/hook/abc/%2e%2e/x',
    '/hook/abc/..%2fx',
    '/hook/abc/x%2Fy',
    '/hook/abc/x%5cy',
    '/hook/abc/x\\y',
    '/hook/abc//x',
    '/hook/abc/x//',
    '/hook/abc/%00',
    '/hook/abc/%0a',
    '/hook/abc/%7f',
    '/hook/abc/%',
    '/hook/abc/%ff',
  ])('%s is not one', (target) => {
    expect(parseHookPath(target)).toBeUndefined();
  });

  it.each([
    ['secret part', `/hook/${'a'.repeat(129)}`],
    ['rest', `/hook/abc/${'a'.repeat(64 * 1024)}`],
    ['query', `/hook/abc?${'a'.repeat(64 * 1024)}`],
  ])('with a %s that is too long is not one', (_what, target) => {
    expect(parseHookPath(target)).toBeUndefined();
  });
});
