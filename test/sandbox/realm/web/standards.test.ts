import { describe, expect, it } from 'vitest';
import { useTestRealm } from '../../../support/same-as-node.ts';

/* The examples and vectors that the standards themselves give, with the answers as they print them. */

const realm = useTestRealm();
const value = (expression: string): Promise<unknown> => realm.run(`return ${expression}`);
const text = JSON.stringify;

describe('URL (whatwg url, "URL parsing" and "percent-encode" tables)', () => {
  it.each([
    ['https:example.org', null, 'https://example.org/'],
    ['https://////example.com///', null, 'https://example.com///'],
    ['https://example.com/././foo', null, 'https://example.com/foo'],
    ['hello:world', 'https://example.com', 'hello:world'],
    ['https:example.org', 'https://example.com', 'https://example.com/example.org'],
    ['\\example\\..\\demo/.\\', 'https://example.com', 'https://example.com/demo/'],
    ['example', 'https://example.com/demo', 'https://example.com/example'],
    ['file:///C|/demo', null, 'file:///C:/demo'],
    ['..', 'file:///C:/demo', 'file:///C:/'],
    ['file://loc%61lhost/', null, 'file:///'],
    ['https://user:password@example.org/', null, 'https://user:password@example.org/'],
    ['https://example.org/foo bar', null, 'https://example.org/foo%20bar'],
    ['https://EXAMPLE.com/../x', null, 'https://example.com/x'],
    ['https://xn--fa-hia.de/', null, 'https://xn--fa-hia.de/'],
    ['https://faß.ExAmPlE/', null, 'https://xn--fa-hia.example/'],
    ['https://0x7f.1/', null, 'https://127.0.0.1/'],
    ['https://[1:2::3]/', null, 'https://[1:2::3]/'],
    ['https://example.org/≡?‽#⊱', null, 'https://example.org/%E2%89%A1?%E2%80%BD#%E2%8A%B1'],
  ])('reads %s, base %s', async (input, base, href) => {
    expect(await value(`new URL(${text(input)}, ${base === null ? 'undefined' : text(base)}).href`)).toBe(
      href,
    );
  });

  it.each([
    'https://ex ample.org/',
    'example',
    'https://example.com:demo',
    'http://[www.example.com]/',
    'https://exa%23mple.org',
    'https://0.0.0.256/',
    'https://example.com:65536/',
  ])('refuses %s', async (input) => {
    expect(await value(`URL.canParse(${text(input)})`)).toBe(false);
  });

  it('has the parameters of "URLSearchParams"', async () => {
    const body = `const url = new URL('https://example.org?a=b&a=c&q=%F0%9F%8F%B3%EF%B8%8F%E2%80%8D%F0%9F%8C%88&key=730d67');
      const out = [url.searchParams.getAll('a'), url.searchParams.get('q'), new URLSearchParams({ key: '730d67' }).toString()];
      url.searchParams.set('a', ' +~');
      url.searchParams.sort();
      return [...out, url.search, new URLSearchParams('?x=1&y=%zz+').toString()]`;
    expect(await realm.run(body)).toEqual([
      ['b', 'c'],
      '🏳️‍🌈',
      'key=730d67',
      '?a=+%2B%7E&key=730d67&q=%F0%9F%8F%B3%EF%B8%8F%E2%80%8D%F0%9F%8C%88',
      'x=1&y=%25zz+',
    ]);
  });
});

describe('Encoding', () => {
  it.each([
    ['€', [0xe2, 0x82, 0xac]],
    ['𝄞', [0xf0, 0x9d, 0x84, 0x9e]],
    ['\ud834', [0xef, 0xbf, 0xbd]],
  ])('writes %j as UTF-8', async (input, bytes) => {
    expect(await value(`[...new TextEncoder().encode(${text(input)})]`)).toEqual(bytes);
  });

  it.each([
    [[0xef, 0xbb, 0xbf, 0x61], {}, 'a'],
    [[0xef, 0xbb, 0xbf, 0x61], { ignoreBOM: true }, '\ufeffa'],
    [[0xf0, 0x90, 0x61], {}, '\ufffda'],
    [[0xc0, 0x80], {}, '\ufffd\ufffd'],
    [[0xed, 0xa0, 0x80], {}, '\ufffd\ufffd\ufffd'],
  ])('reads %j %j', async (bytes, options, read) => {
    const made = `new TextDecoder('utf-8', ${text(options)}).decode(new Uint8Array(${text(bytes)}))`;
    expect(await value(made)).toBe(read);
  });

  it('refuses what is malformed when it is fatal', async () => {
    expect(
      await realm.run(
        'try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])) } catch (error) { return error.name }',
      ),
    ).toBe('TypeError');
  });
});

describe('forgiving base64 (whatwg infra; RFC 4648, 10)', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('%j is %j and back', async (plain, coded) => {
    expect(await value(`[btoa(${text(plain)}), atob(${text(coded)})]`)).toEqual([coded, plain]);
  });

  it('forgives spaces and missing padding, and nothing else', async () => {
    expect(await value("[atob(' Z m\\n8\\t'), atob('Zg'), atob('Zh==')]")).toEqual(['fo', 'f', 'f']);
    const body = (input: string) =>
      `try { atob(${text(input)}); return 'read' } catch (error) { return error.name }`;
    for (const input of ['Z', 'Zg=', 'Zg===', 'Z=g', 'Zm9-', 'Zm9v=']) {
      expect([input, await realm.run(body(input))]).toEqual([input, 'InvalidCharacterError']);
    }
  });
});

const HEX =
  '(buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("")';

describe('digests (FIPS 180-4, examples)', () => {
  it.each([
    ['SHA-1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    [
      'SHA-1',
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    ],
    ['SHA-256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'SHA-256',
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['SHA-256', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [
      'SHA-384',
      'abc',
      'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    ],
    [
      'SHA-512',
      'abc',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ])('%s of %j', async (name, message, digest) => {
    const made = `(${HEX})(await crypto.subtle.digest(${text(name)}, new TextEncoder().encode(${text(message)})))`;
    expect(await value(made)).toBe(digest);
  });
});

describe('HMAC (RFC 4231 and RFC 2202)', () => {
  const repeated = (byte: string, times: number) => byte.repeat(times);
  it.each([
    [
      'SHA-256',
      repeated('0b', 20),
      '4869205468657265',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      'SHA-256',
      '4a656665',
      '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'SHA-256',
      repeated('aa', 20),
      repeated('dd', 50),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      'SHA-256',
      repeated('aa', 131),
      Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      'SHA-512',
      '4a656665',
      '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    ],
    ['SHA-1', repeated('0b', 20), '4869205468657265', 'b617318655057264e28bc0b6fb378c8ef146be00'],
    ['SHA-1', repeated('aa', 20), repeated('dd', 50), '125d7342b9ac11cd91a39af48aa17b4f63f175d3'],
  ])('with %s, key %s, data %s', async (hash, key, data, mac) => {
    const body = `const bytes = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
      const key = await crypto.subtle.importKey('raw', bytes('${key}'), { name: 'HMAC', hash: '${hash}' }, false, ['sign', 'verify']);
      const mac = await crypto.subtle.sign('HMAC', key, bytes('${data}'));
      const right = await crypto.subtle.verify('HMAC', key, mac, bytes('${data}'));
      const wrong = await crypto.subtle.verify('HMAC', key, mac, bytes('00'));
      return [(${HEX})(mac), right, wrong]`;
    expect(await realm.run(body)).toEqual([mac, true, false]);
  });
});

describe('Web Crypto, random values', () => {
  it('gives up to 65,536 bytes at once, in integers only', async () => {
    const body = `const of = (array) => { try { return crypto.getRandomValues(array) === array } catch (error) { return error.name } };
      return [of(new Uint8Array(65536)), of(new Uint8Array(65537)), of(new Float64Array(1)), of(new BigUint64Array(2))]`;
    expect(await realm.run(body)).toEqual([true, 'QuotaExceededError', 'TypeMismatchError', true]);
  });

  it('gives UUIDs of version 4', async () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(await value('crypto.randomUUID()')).toMatch(uuid);
    expect(await value('new Set(Array.from({ length: 100 }, () => crypto.randomUUID())).size')).toBe(100);
  });
});

describe('Fetch', () => {
  it('makes answers: json, redirect, error', async () => {
    const body = `const json = Response.json({ a: 1 }, { status: 201 }); const to = Response.redirect('https://example.org/x', 307); const error = Response.error();
      const thrown = (make) => { try { make() } catch (e) { return e.name } };
      return [[json.status, json.headers.get('content-type'), await json.json()], [to.status, to.headers.get('location')], [error.type, error.status, error.ok],
        thrown(() => Response.redirect('https://example.org', 200)), thrown(() => new Response('x', { status: 204 })), thrown(() => new Response('', { status: 99 })),
        thrown(() => Response.json(undefined))]`;
    expect(await realm.run(body)).toEqual([
      [201, 'application/json', { a: 1 }],
      [307, 'https://example.org/x'],
      ['error', 0, false],
      'RangeError',
      'TypeError',
      'RangeError',
      'TypeError',
    ]);
  });

  it('joins, sorts and trims headers, and keeps cookies apart', async () => {
    const body = `const headers = new Headers([['Accept', 'text/html'], ['b', ' 2 '], ['accept', 'x/y']]);
      headers.append('Set-Cookie', 'a=1'); headers.append('set-cookie', 'b=2');
      const thrown = (make) => { try { make() } catch (e) { return e.name } };
      return [[...headers], headers.getSetCookie(), thrown(() => new Headers({ 'a b': '1' })), thrown(() => new Headers({ a: 'x\\ny' }))]`;
    expect(await realm.run(body)).toEqual([
      [
        ['accept', 'text/html, x/y'],
        ['b', '2'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
      ['a=1', 'b=2'],
      'TypeError',
      'TypeError',
    ]);
  });

  it('takes a form apart that it has put together', async () => {
    const body = `const form = new FormData(); form.append('a', 'x\\r\\ny'); form.append('ü"', '1'); form.append('f', new Blob(['data'], { type: 'text/x' }), 'n"ame.txt');
      const read = await new Response(form).formData();
      const file = read.get('f');
      return [read.get('a'), read.get('ü"'), file.name, file.type, await file.text()]`;
    expect(await realm.run(body)).toEqual(['x\r\ny', '1', 'n"ame.txt', 'text/x', 'data']);
  });
});

it('File API: slices count from both ends', async () => {
  const body = `const blob = new Blob(['abc', new Uint8Array([100]), new Blob(['ef'])], { type: 'TEXT/Plain' });
    const part = (...at) => blob.slice(...at).text();
    return [blob.size, blob.type, await part(1, 3), await part(-2), await part(2, -1), await part(4, 2), blob.slice(0, 1, 'a/b').type]`;
  expect(await realm.run(body)).toEqual([6, 'text/plain', 'bc', 'ef', 'cde', '', 'a/b']);
});

it('HTML: structured clones keep cycles, kinds and holes, and refuse functions', async () => {
  const body = `const round = { m: new Map([[1, { d: new Date(5) }]]), s: new Set('a'), r: /x/gi, e: new RangeError('m'), b: new Uint8Array([1, 2]), h: [1, , 3], big: 5n };
    round.self = round;
    const copy = structuredClone(round);
    const thrown = (make) => { try { make() } catch (e) { return e.name } };
    return [copy.self === copy, copy !== round, copy.m.get(1).d.getTime(), [...copy.s], String(copy.r), copy.e instanceof RangeError, copy.e.message, [...copy.b], 1 in copy.h, String(copy.big),
      thrown(() => structuredClone(() => {})), thrown(() => structuredClone({ s: Symbol('x') }))]`;
  expect(await realm.run(body)).toEqual([
    true,
    true,
    5,
    ['a'],
    '/x/gi',
    true,
    'm',
    [1, 2],
    false,
    '5',
    'DataCloneError',
    'DataCloneError',
  ]);
});

describe('DOM: aborting', () => {
  it('reaches signals made of others, with the first reason', async () => {
    const body = `const [one, two] = [new AbortController(), new AbortController()]; const seen = [];
      const any = AbortSignal.any([one.signal, two.signal]); any.addEventListener('abort', () => seen.push(any.reason)); any.onabort = () => seen.push('on');
      two.abort('second'); one.abort('first');
      return [seen, any.aborted, AbortSignal.abort().reason.name, AbortSignal.any([AbortSignal.abort(7)]).reason]`;
    expect(await realm.run(body)).toEqual([['second', 'on'], true, 'AbortError', 7]);
  });

  it('comes by time', async () => {
    const body = `const signal = AbortSignal.timeout(5); const early = signal.aborted;
      await new Promise((done) => signal.addEventListener('abort', done));
      return [early, signal.reason.name]`;
    expect(await realm.run(body)).toEqual([false, 'TimeoutError']);
  });
});

it('HTML: microtasks come before timers, timers by time and then by turn, and cleared ones never', async () => {
  const body = `const seen = []; const say = (word) => () => seen.push(word);
    setTimeout(say('later'), 30); setTimeout(say('first'), 0); setTimeout((...all) => seen.push(all.join()), 0, 'a', 'b');
    clearTimeout(setTimeout(say('never'), 0)); clearTimeout(undefined); clearTimeout(12345);
    setTimeout(() => { say('outer')(); setTimeout(say('inner'), 0); queueMicrotask(say('micro in timer')); }, 0);
    queueMicrotask(say('micro')); Promise.resolve().then(say('then')); say('now')();
    await new Promise((done) => setTimeout(done, 60));
    return seen`;
  expect(await realm.run(body)).toEqual([
    'now',
    'micro',
    'then',
    'first',
    'a,b',
    'outer',
    'micro in timer',
    'inner',
    'later',
  ]);
});
