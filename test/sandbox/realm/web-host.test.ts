import { describe, expect, it } from 'vitest';
import { createWebHost } from '../../../sandbox/realm/web-host.ts';

const host = createWebHost() as unknown as Record<string, (...args: unknown[]) => unknown>;
const call = (name: string, ...args: unknown[]): unknown => host[name]?.(...args);

describe('the host side of the web globals', () => {
  it.each([
    ['parseUrl', 5],
    ['parseUrl', 'https://a', {}],
    ['setUrl', 'https://a', 'searchParams', 'x'],
    ['setUrl', 'https://a', '__proto__', 'x'],
    ['setUrl', 'https://a', 'host', 5],
    ['utf8Encode', null],
    ['encodingName', {}],
    ['decode', 'text', 'utf-8', false, false],
    ['decode', [1], 'utf-8', false, false],
    ['base64Encode', 'text'],
    ['base64Decode', new Uint8Array(1)],
    ['digest', 'md5', new Uint8Array(1)],
    ['digest', '__proto__', new Uint8Array(1)],
    ['digest', 'SHA-256', 'text'],
    ['hmac', 'SHA-256', 'key', new Uint8Array(1)],
    ['hmacMatches', 'SHA-256', new Uint8Array(1), new Uint8Array(1), 'text'],
    ['randomBytes', 65_537],
    ['randomBytes', -1],
    ['randomBytes', 1.5],
    ['randomBytes', '5'],
  ])('refuses %s of wrong arguments', (name, ...args) => {
    expect(() => call(name, ...args)).toThrow(/expected|not known|random bytes/);
  });

  it('refuses arguments that are too large', () => {
    const text = 'x'.repeat(32 * 1024 * 1024 + 1);
    expect(() => call('utf8Encode', text)).toThrow(RangeError);
    expect(() => call('digest', 'SHA-256', new Uint8Array(text.length))).toThrow(RangeError);
  });

  it('gives bytes that share no buffer with the process', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const results = [
      call('utf8Encode', 'abc'),
      call('base64Decode', 'AQID'),
      call('randomBytes', 3),
      call('digest', 'SHA-1', bytes),
      call('hmac', 'SHA-1', bytes, bytes),
    ];
    for (const result of results) {
      if (!(result instanceof Uint8Array)) throw new Error('bytes were expected');
      expect(result.buffer.byteLength).toBe(result.byteLength);
      expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
    }
  });
});
