import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();

describe('atob and btoa in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'encode and decode every byte': `
      let text = ''; for (let code = 0; code < 256; code += 1) text += String.fromCharCode(code);
      return [btoa(text), atob(btoa(text)) === text, btoa(''), btoa(null), btoa(12), btoa('x'.repeat(10000)).length];`,
    'refuse what is not Latin-1': `return ['€', '\\u0100', '\\u{1F600}'].map((text) => attempt(() => btoa(text)));`,
    'are forgiving about white space and padding only': `
      return ['', 'YQ==', 'YQ=', 'YQ', 'Y', 'YWI=', 'YWJj', ' Y W\\tJ\\nj\\r\\f ', 'YQ===', '=YQ=', 'YQ==YQ==', 'YQ\\u00a0==', 'Y-_Q', 'YR==', 'ab\\0c', '====', null, undefined]
        .map((text) => attempt(() => atob(text)));`,
    'throw a DOMException': `try { atob('*') } catch (error) { return [error instanceof DOMException, error instanceof Error, error.code, error.name] }`,
  });
});

describe('b64encode and b64decode', () => {
  it('encode text as UTF-8, and bytes as they are', async () => {
    const body = `const bytes = new Uint8Array([9, 255, 0, 254, 9]);
      return [b64encode('ü€'), b64encode(''), b64encode(bytes.subarray(1, 4)), b64encode(bytes.buffer), b64encode(new Uint16Array([0x4142]))]`;
    expect(await realm.run(body)).toEqual(['w7zigqw=', '', '/wD+', 'Cf8A/gk=', 'QkE=']);
  });

  it('give bytes back, from the URL-safe alphabet and over several lines too', async () => {
    const body = `return ['/wD+', '_wD-', 'w7w', ' w7\\nw= ', ''].map((text) => { const bytes = b64decode(text); return [bytes instanceof Uint8Array, ...bytes] })`;
    const result = [[true, 255, 0, 254], [true, 255, 0, 254], [true, 195, 188], [true, 195, 188], [true]];
    expect(await realm.run(body)).toEqual(result);
  });

  it('refuse what they do not take', async () => {
    const body = `return [attempt(() => b64encode(12)), attempt(() => b64encode(null)), attempt(() => b64decode('*')), attempt(() => b64decode(null))]`;
    expect(await realm.run(body)).toEqual([
      'throws TypeError',
      'throws TypeError',
      'throws InvalidCharacterError',
      'throws TypeError',
    ]);
  });
});
