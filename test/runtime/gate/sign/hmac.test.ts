import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../runtime/gate/destination.ts';
import { hmacHeaders } from '../../../../runtime/gate/sign/hmac.ts';
import { type HmacSpec, parseSign } from '../../../../runtime/gate/sign/sign-spec.ts';
import { hmacOf } from '../../../../runtime/hmac.ts';

const spec = (options: object): HmacSpec =>
  parseSign({ type: 'hmac', secret: 'key', header: 'X-Signature', ...options }) as HmacSpec;

const request = {
  method: 'POST',
  destination: parseDestination('https://a.example/path?q=1'),
  headers: [],
  body: Buffer.from('body'),
  sign: null,
};

describe('HMAC', () => {
  it.each([
    [
      'RFC 4231, test case 1',
      'sha256',
      Buffer.alloc(20, 0x0b),
      Buffer.from('Hi There'),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      'RFC 4231, test case 2',
      'sha256',
      Buffer.from('Jefe'),
      Buffer.from('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'RFC 4231, test case 3',
      'sha512',
      Buffer.alloc(20, 0xaa),
      Buffer.alloc(50, 0xdd),
      'fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb',
    ],
    [
      'RFC 2202, test case 2 of SHA-1',
      'sha1',
      Buffer.from('Jefe'),
      Buffer.from('what do ya want for nothing?'),
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
    ],
  ] as const)('is that of %s', async (_, algorithm, key, data, expected) => {
    const halves = [data.subarray(0, 3), data.subarray(3)];
    expect((await hmacOf(algorithm, key, halves)).toString('hex')).toBe(expected);
  });

  it.each([
    ['hex', 'dead-beef-and-more'],
    ['hex', 'abc'],
    ['hex', 'zz'],
    ['base64', 'a!b!c!d!'],
    ['base64', 'a'],
    ['base64', '===='],
  ])('does not sign with the part of a key that is %s: %s', async (encoding, secret) => {
    const signing = hmacHeaders(spec({ secret, secret_encoding: encoding }), request, 0);
    await expect(signing).rejects.toThrow(`fetch cannot sign: sign.secret is not ${encoding}`);
  });

  it.each([
    ['hex', 'DEADbeef'],
    ['base64', '3q2+7w=='],
    ['base64', '3q2+7w'],
    ['base64', '3q2-7w=='],
  ])('takes a whole key in %s: %s', async (encoding, secret) => {
    const [[, signature] = []] = await hmacHeaders(spec({ secret, secret_encoding: encoding }), request, 0);
    const expected = await hmacOf('sha256', Buffer.from('deadbeef', 'hex'), [Buffer.from('body')]);
    expect(signature).toBe(expected.toString('hex'));
  });

  it.each(['{path}', '{body}', '{method}'])('sends nothing of the request in a prefix: %s', (prefix) => {
    expect(() => spec({ prefix })).toThrow('sign.prefix: may hold {timestamp}, and no other brace');
  });

  it('hashes a body twice at most', () => {
    expect(spec({ template: '{body}{body}' }).template).toBe('{body}{body}');
    expect(() => spec({ template: '{body}'.repeat(3) })).toThrow('sign.template: may hold {body} 2 times');
  });

  it('is made over a template, of a prefix, and tells the time', async () => {
    const options = {
      template: 'v0:{timestamp}:{method} {path}:{body}',
      prefix: 't={timestamp},v1=',
      timestamp_header: 'X-Time',
      encoding: 'base64',
    };
    const signature = (
      await hmacOf('sha256', Buffer.from('key'), [Buffer.from('v0:12:POST /path?q=1:body')])
    ).toString('base64');
    expect(await hmacHeaders(spec(options), request, 12_999)).toEqual([
      ['x-signature', `t=12,v1=${signature}`],
      ['x-time', '12'],
    ]);
  });

  it('takes a key in base64 or hexadecimal', async () => {
    const plain = await hmacHeaders(spec({}), request, 0);
    for (const secret_encoding of ['base64', 'hex'] as const) {
      const secret = Buffer.from('key').toString(secret_encoding);
      expect(await hmacHeaders(spec({ secret, secret_encoding }), request, 0)).toEqual(plain);
    }
  });

  it('takes no key that is empty once it is read', async () => {
    await expect(
      hmacHeaders(spec({ secret: 'not hex', secret_encoding: 'hex' }), request, 0),
    ).rejects.toThrow('sign.secret is not hex');
  });
});
