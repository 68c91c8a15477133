import { describe, expect, it } from 'vitest';
import { decode } from '../../../sandbox/wire/decode.ts';
import { encode, TooLargeError } from '../../../sandbox/wire/encode.ts';
import { MAX_DEPTH } from '../../../sandbox/wire/tagged-values.ts';

const cyclic: Record<string, unknown> = {};
cyclic.self = { again: cyclic };

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe('values that cross', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['text', 'žluť 🐎'],
    ['NaN', Number.NaN],
    ['minus infinity', Number.NEGATIVE_INFINITY],
    ['nested lists and objects', { a: [1, 'b', { c: null }], d: {} }],
    ['undefined inside', { a: undefined, b: [undefined] }],
    ['a Date', new Date(1_700_000_000_000)],
    [
      'a Map with plain keys',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 1 }, new Set([2])],
      ]),
    ],
    ['a Set', new Set([1, 'a', { b: 2 }])],
    ['bytes', new Uint8Array([0, 1, 255])],
    ['a part of a larger buffer', new Uint8Array([9, 8, 7, 6]).subarray(1, 3)],
    ['floats', new Float64Array([1.5, -0.25])],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['an object with the key $', { $: ['d', 0], other: { $: null } }],
  ])('%s arrives as it was', (_name, value) => {
    expect(decode(encode(value))).toEqual(value);
  });

  it('minus zero keeps its sign', () => {
    expect(Object.is(decode(encode(-0)), -0)).toBe(true);
  });

  it('a key __proto__ stays a key and changes no prototype', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"polluted":[{"$":1}]},"x":{"__proto__":null}}');
    const arrived = decode(encode(hostile)) as object;
    expect(Object.getPrototypeOf(arrived)).toBe(Object.prototype);
    expect(Object.keys(arrived)).toEqual(['__proto__', 'x']);
    expect(JSON.stringify(arrived)).toBe(JSON.stringify(hostile));
  });

  it('a getter is read once', () => {
    let reads = 0;
    const value = {
      get secret() {
        reads += 1;
        return reads;
      },
    };
    expect(decode(encode(value))).toEqual({ secret: 1 });
    expect(reads).toBe(1);
  });
});

describe('values that do not cross', () => {
  class Client {
    token = 'x';
  }
  it.each<[unknown, string]>([
    [() => 1, 'result is a function'],
    [{ items: [0, { c: Symbol('s') }] }, 'result.items[1].c is a symbol'],
    [{ items: [{ client: new Client() }] }, 'result.items[0].client is an instance of Client'],
    [10n, 'result is a bigint'],
    [Promise.resolve(1), 'result is a Promise'],
    [cyclic, 'result.self.again is a cycle'],
    [/x/, 'result is an instance of RegExp'],
    [new Error('x'), 'result is an instance of Error'],
    [new DataView(new ArrayBuffer(1)), 'result is an instance of DataView'],
    [new Map([['a', () => 1]]), 'result[0] is a function'],
  ])('%# is refused with its path', (value, message) => {
    expect(() => encode(value, { name: 'result' })).toThrow(message);
    expect(() => encode(value, { name: 'result' })).toThrow(TypeError);
  });

  it('a proxy is refused when the realm knows it', () => {
    const proxy = new Proxy({}, {});
    expect(() => encode({ a: proxy }, { isProxy: (value) => value === proxy })).toThrow('value.a is a Proxy');
  });

  it(`data nested deeper than ${MAX_DEPTH} levels is refused, up to it is not`, () => {
    expect(decode(encode(nested(MAX_DEPTH)))).toEqual(nested(MAX_DEPTH));
    expect(() => encode(nested(MAX_DEPTH + 1))).toThrow('nested deeper than');
  });

  it('what is too large is refused before it is copied, also when it is a small graph that unfolds', () => {
    expect(() => encode('x'.repeat(100), { maxBytes: 50 })).toThrow(TooLargeError);
    expect(() => encode(new Uint8Array(100), { maxBytes: 50 })).toThrow(TooLargeError);
    expect(() => encode('\0'.repeat(100), { maxBytes: 200 })).toThrow(TooLargeError);
    let bomb: unknown[] = [];
    for (let level = 0; level < 40; level += 1) bomb = [bomb, bomb];
    expect(() => encode(bomb, { maxBytes: 10_000 })).toThrow(TooLargeError);
  });

  it('a text that is nested deeper than anything that was encoded is refused', () => {
    const deep = `${'['.repeat(200_000)}{"$":["u"]}${']'.repeat(200_000)}`;
    expect(() => decode({ text: deep, tails: [] })).toThrow('malformed');
  });

  it('a text that is plain JSON may be nested no deeper either', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
      expect(() => decode({ text: nested(MAX_DEPTH + 1), tails: [] })).toThrow('malformed');
      expect(encode(decode({ text: nested(MAX_DEPTH), tails: [] })).text).toBe(nested(MAX_DEPTH));
    }
  });

  it('maps, sets and escaped objects may be nested as deep as the rest', () => {
    let value: unknown = 1;
    for (let level = 0; level < MAX_DEPTH; level += 1)
      value = [new Map([[1, value]]), new Set([value]), { $: value }][level % 3];
    expect(decode(encode(value))).toEqual(value);
  });

  it.each(['{"$":1}', '{"$":["?"]}', '{"$":["b",7,"Uint8Array"]}', '{"$":["m",3]}', '{"$":["s",{}]}'])(
    'the malformed text %s is refused',
    (text) => {
      expect(() => decode({ text, tails: [] })).toThrow(TypeError);
    },
  );
});
