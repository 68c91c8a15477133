import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();
const TEXTS = `['', 'abc', 'ü', '€', '\\u{1F600}', '\\uD800', '\\uDC00x', 'a\\uD83D', '\\uFEFFbom', '\\0', 'x'.repeat(600), 'é'.repeat(600), 'a'.repeat(511) + '€']`;
const BYTES = `[[], [0x61], [0xEF, 0xBB, 0xBF, 0x61], [0xEF, 0xBB], [0xFF], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
  [0xF0, 0x9F, 0x98, 0x80], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
  [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], [0], [0x80, 0x61, 0x80], Array(600).fill(0xE9), Array(600).fill(0x61)]`;
const LABELS = `['utf8', ' UTF-8\\n', 'unicode-1-1-utf-8', 'latin1', 'ascii', 'windows-1252', 'iso-8859-2', 'utf-16le', 'utf-16be', 'UTF-16',
  'shift_jis', 'euc-jp', 'gbk', 'gb18030', 'big5', 'koi8-r', 'windows-1251', 'macintosh', 'nope', '', 'utf-7']`;

describe('TextEncoder in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'encodes text, unpaired surrogates included': `
      return ${TEXTS}.map((text) => [...new TextEncoder().encode(text)]);`,
    'takes what is no text': `const encoder = new TextEncoder();
      return [encoder.encoding, [...encoder.encode()], [...encoder.encode(null)], [...encoder.encode(12)], attempt(() => encoder.encode(Symbol()))];`,
    'writes only whole characters into a destination': `
      return ${TEXTS}.flatMap((text) => [0, 1, 2, 3, 4, 5, 10].map((size) => {
        const target = new Uint8Array(size).fill(42);
        const { read, written } = new TextEncoder().encodeInto(text, target);
        return [read, written, [...target]];
      }));`,
    'writes into the middle of a buffer': `const all = new Uint8Array(8);
      const result = new TextEncoder().encodeInto('€€€', all.subarray(2, 7));
      return [result.read, result.written, [...all], attempt(() => new TextEncoder().encodeInto('a', new Uint16Array(2)))];`,
  });
});

describe('TextDecoder in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'decodes bytes, malformed ones included': `
      return ${BYTES}.flatMap((bytes) => [{}, { ignoreBOM: true }, { fatal: true }, { fatal: true, ignoreBOM: true }]
        .map((options) => attempt(() => new TextDecoder('utf-8', options).decode(new Uint8Array(bytes)))));`,
    'decodes in pieces, cut anywhere': `
      const bytes = new TextEncoder().encode('\\uFEFFa€\\u{1F600}ü\\uFEFFz');
      const all = [];
      for (let size = 1; size < 8; size += 1) for (const options of [{}, { ignoreBOM: true }, { fatal: true }]) {
        const decoder = new TextDecoder('utf-8', options);
        let text = '';
        for (let at = 0; at < bytes.length; at += size) text += decoder.decode(bytes.subarray(at, at + size), { stream: true });
        all.push(text + decoder.decode());
      }
      return all;`,
    'ends a stream with what is left of it': `
      const decoder = new TextDecoder();
      const strict = new TextDecoder('utf-8', { fatal: true });
      return [decoder.decode(new Uint8Array([0x61, 0xE2, 0x82]), { stream: true }), decoder.decode(), decoder.decode(new Uint8Array([0xEF, 0xBB, 0xBF, 0x62])),
        strict.decode(new Uint8Array([0xE2]), { stream: true }), attempt(() => strict.decode())];`,
    'knows encodings by their labels': `
      return ${LABELS}.map((label) => attempt(() => new TextDecoder(label).encoding));`,
    'decodes other encodings': `
      return ['iso-8859-2', 'windows-1252', 'utf-16le', 'utf-16be', 'shift_jis', 'gb18030', 'koi8-r']
        .map((label) => new TextDecoder(label).decode(new Uint8Array([0xE9, 0x61, 0x82, 0xA0, 0xFE, 0xFF])));`,
    'takes every kind of bytes': `const bytes = new Uint8Array([1, 0x61, 0x62, 2]);
      return [new TextDecoder().decode(bytes.buffer), new TextDecoder().decode(new DataView(bytes.buffer, 1, 2)), new TextDecoder().decode(bytes.subarray(1, 3)),
        new TextDecoder().decode(new Uint16Array([0x6161])), new TextDecoder().decode(undefined), attempt(() => new TextDecoder().decode('text')),
        attempt(() => new TextDecoder().decode(null)), new TextDecoder('utf8', { fatal: 1 }).fatal, new TextDecoder().ignoreBOM];`,
  });

  it('refuses to decode other encodings in pieces, and says so', async () => {
    const body = `try { new TextDecoder('utf-16le').decode(new Uint8Array(1), { stream: true }) } catch (error) { return error.message }`;
    expect(await realm.run(body)).toBe('TextDecoder decodes in pieces only utf-8, not utf-16le');
  });
});
