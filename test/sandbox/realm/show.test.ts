import { describe, expect, it } from 'vitest';
import { show } from '../../../sandbox/realm/show.ts';

describe('a logged value with a toJSON', () => {
  it('is shown as that says', () => {
    expect(show(new URL('https://a.example/b'))).toBe('"https://a.example/b"');
    expect(show({ a: [{ hidden: 1, toJSON: () => ({ shown: 2 }) }] })).toBe('{"a":[{"shown":2}]}');
  });

  it('is shown as it is when that throws', () => {
    const refuse = (): never => {
      throw new Error('refused');
    };
    expect(show({ a: 1, toJSON: refuse })).toBe('{"a":1,"toJSON":[function refuse]}');
  });

  it('is shown in bounded time, whatever that says', () => {
    const endless = (): object => ({ toJSON: endless });
    expect(show(endless())).toBe('{…}');
    const self = { toJSON: () => self };
    expect(show(self)).toBe('[cycle]');
  });
});
