import { describe, expect, it } from 'vitest';
import { whyUnmaskable } from '../../../runtime/mask/maskable.ts';
import { createMasker } from '../../../runtime/mask/masker.ts';

const TOKEN = '123456:AAH-fake/token+for=tests';
const PHRASE = 'grüße an "alle" & co\n';
const masker = createMasker({ TOKEN, PHRASE, SHORT: 'abc', COMMON: 'password' });

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const everyByte = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('a masker', () => {
  it.each([
    ['raw', TOKEN],
    ['with encodeURIComponent', encodeURIComponent(TOKEN)],
    ['in the path of a URL', new URL(`http://h/${TOKEN}`).pathname.slice(1)],
    ['with every byte percent-encoded', everyByte(TOKEN)],
    ['percent-encoded half and half', `${everyByte(TOKEN.slice(0, 9))}${TOKEN.slice(9)}`],
    ['in hexadecimal', Buffer.from(TOKEN).toString('hex')],
    ['in upper-case hexadecimal', Buffer.from(TOKEN).toString('hex').toUpperCase()],
    ['raw, with other letters than ASCII', PHRASE],
    ['as JSON', JSON.stringify(PHRASE).slice(1, -1)],
    ['as JSON of ASCII only', 'gr\\u00fc\\u00dfe an \\"alle\\" & co\\n'],
    ['as JSON of ASCII only, in upper case', 'gr\\u00FC\\u00DFe an \\"alle\\" & co\\n'],
    ['as JSON with slashes escaped', TOKEN.replace('/', '\\/')],
    ['as a form', new URLSearchParams({ k: PHRASE }).toString().slice(2)],
    ['in a query', new URL(`http://h/?${PHRASE.trim()}%0A`).search.slice(1)],
  ])('finds a secret %s', (_name, hidden) => {
    expect(masker.mask(`before ${hidden} after`)).toBe('before *** after');
    expect(masker.contains(`before ${hidden} after`)).toBe(true);
    expect(masker.contains(Buffer.from(`before ${hidden} after`))).toBe(true);
  });

  it.each(['', 'x', 'xy', 'user:', 'longer '])('finds a secret in base64 that begins with "%s"', (prefix) => {
    for (const suffix of ['', 'z', 'zz', 'zzz']) {
      const encoded = base64(`${prefix}${TOKEN}${suffix}`);
      const forUrls = encoded.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      expect(masker.contains(encoded)).toBe(true);
      expect(masker.contains(encodeURIComponent(encoded))).toBe(true);
      const masked = masker.mask(forUrls);
      expect(masked).toContain('***');
      expect(Buffer.from(masked.replace('***', ''), 'base64url').toString('latin1')).not.toContain('AAH');
    }
  });

  it('finds a secret among bytes that are no text', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0, 0xfe]), Buffer.from(TOKEN), Buffer.from([0x80])]);
    expect(masker.contains(bytes)).toBe(true);
    expect(masker.contains(new Uint8Array([0xff, 0, 0xfe]))).toBe(false);
  });

  it('replaces every occurrence and leaves the rest as it is', () => {
    expect(masker.mask(`ä${TOKEN}ö${TOKEN}${TOKEN}ü 100%`)).toBe('ä***ö******ü 100%');
  });

  it('gives the very text back when there is nothing to hide', () => {
    const text = 'nothing \ud800 here, 100% %zz %4';
    expect(masker.mask(text)).toBe(text);
    expect(masker.contains(text)).toBe(false);
    expect(masker.contains(TOKEN.slice(0, -1))).toBe(false);
  });

  it('hides the longer of two secrets that begin alike, and both of two that overlap', () => {
    const both = createMasker({ A: 'abcdefgh', B: 'abcdefghijkl', C: 'ijklmnopqr' });
    expect(both.mask('(abcdefghijkl)')).toBe('(***)');
    expect(both.mask('(abcdefghijklmnopqr)')).toBe('(***)');
    expect(both.mask('(abcdefghXX)')).toBe('(***XX)');
  });

  it('finds a secret after a false start of itself', () => {
    const periodic = createMasker({ A: 'abababac' });
    expect(periodic.mask('xabababababacx')).toBe('xabab***x');
  });

  it('leaves short and common values alone', () => {
    expect(masker.mask('abc password')).toBe('abc password');
    expect(createMasker({ A: 'abc' }).mask('abc')).toBe('abc');
  });

  it('survives secrets with names of Object.prototype', () => {
    const secrets: Record<string, string> = JSON.parse(`{"__proto__": "${TOKEN}"}`);
    expect(createMasker(secrets).mask(TOKEN)).toBe('***');
  });
});

describe('an excerpt', () => {
  it('is the first bytes, masked', () => {
    expect(masker.excerpt(`a ${TOKEN} ${'b'.repeat(100)}`, 50)).toBe(`a *** ${'b'.repeat(16)}`);
  });

  it('hides the beginning of a secret that goes on after its end', () => {
    for (let length = 2; length < 2 + TOKEN.length; length += 1) {
      expect(masker.excerpt(`a ${TOKEN} b`, length)).toBe(length === 2 ? 'a ' : 'a ***');
      expect(masker.excerpt(`a ${everyByte(TOKEN)} b`, length)).toBe(length === 2 ? 'a ' : 'a ***');
    }
  });

  it.each([
    ['with secrets', masker],
    ['without secrets', createMasker({})],
  ])('never cuts a character in two, %s', (_name, each) => {
    expect(each.excerpt('aé€😀', 1024)).toBe('aé€😀');
    expect([1, 2, 3, 4, 5, 6, 7, 9, 10].map((length) => each.excerpt('aé€😀', length))).toEqual([
      'a',
      'a',
      'aé',
      'aé',
      'aé',
      'aé€',
      'aé€',
      'aé€',
      'aé€😀',
    ]);
    expect(each.excerpt(Buffer.from('aé€😀'), 5)).toBe('aé');
    expect(each.excerpt(new Uint8Array(8).fill(0x80), 6)).toBe('\ufffd'.repeat(6));
  });
});

describe('whether a value can be masked', () => {
  it.each([
    ['abc', 'shorter'],
    ['', 'shorter'],
    ['admin', 'shorter'],
    ['PassWord', 'common word'],
    ['localhost', 'common word'],
    ['        x', 'blank'],
    ['--------------', 'repeated'],
  ])('"%s" cannot: it is %s', (value, reason) => {
    expect(whyUnmaskable(value)).toContain(reason);
  });

  it('a token can', () => {
    expect(whyUnmaskable(TOKEN)).toBeNull();
  });
});

describe('the time masking takes', () => {
  const secrets = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`S${index}`, `${'a'.repeat(200)}${index}-secret`]),
  );
  const hostile = createMasker({ ...secrets, PERIODIC: `${'ab'.repeat(2000)}c` });

  /** In steps of the search, not in seconds: a quadratic search would not end within the test's own limit. */
  it.each(['a', 'ab', '%61', 'aaaaaaab'])('stays linear for a megabyte of "%s"', (unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    expect(hostile.mask(text)).toBe(text);
  });
});
