import { describe, expect, it } from 'vitest';
import { mediaTypeOf, parameterOf } from '../../../server/hooks/media-type.ts';
import { MOST_PARTS, parseMultipart } from '../../../server/hooks/multipart.ts';

const parse = (text: string) => parseMultipart(Buffer.from(text, 'latin1'), 'b');
const part = (head: string, content: string) => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const field = (name: string, value: string) => part(`Content-Disposition: form-data; name="${name}"`, value);

describe('a multipart body', () => {
  it('that a browser or fetch makes is read back', async () => {
    const data = new FormData();
    data.append('a', '1');
    data.append('a', 'zwei ü');
    data.append('', '');
    data.append('f', new File([new Uint8Array([0, 13, 10, 45, 45, 255])], '../../etc/"passwd"'));
    data.append('g', new File([], 'empty.txt', { type: 'text/plain' }));
    const response = new Response(data);
    const boundary = parameterOf(response.headers.get('content-type') ?? '', 'boundary') ?? '';
    const { form, files } = parseMultipart(await response.bytes(), boundary);
    expect(form).toEqual([
      ['a', '1'],
      ['a', 'zwei ü'],
      ['', ''],
    ]);
    expect(files.map((file) => [file.name, file.filename, file.content_type, [...file.bytes]])).toEqual([
      ['f', '../../etc/%22passwd%22', 'application/octet-stream', [0, 13, 10, 45, 45, 255]],
      ['g', 'empty.txt', 'text/plain', []],
    ]);
  });

  it('may have text around its parts, spaces after a delimiter, and no parts at all', () => {
    expect(parse(`before\r\n${field('a', '1')}--b--\r\nafter`).form).toEqual([['a', '1']]);
    expect(parse('--b  \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--').form).toEqual([
      ['a', '1'],
    ]);
    expect(parse('--b--\r\n')).toEqual({ form: [], files: [] });
  });

  it('keeps line breaks and things like delimiters that are data', () => {
    expect(parse(`${field('a', '\r\n-b--\r\n--\r\n\n--b')}--b--`).form).toEqual([
      ['a', '\r\n-b--\r\n--\r\n\n--b'],
    ]);
  });

  it('keeps names that are dangerous as keys as plain data', () => {
    expect(parse(`${field('__proto__', 'x')}--b--`).form).toEqual([['__proto__', 'x']]);
  });

  it.each([
    ['empty', ''],
    ['without its delimiter', 'a=1'],
    ['cut within a part', field('a', '1').slice(0, -4)],
    ['cut before the end', field('a', '1')],
    ['with a part without name', `${part('Content-Disposition: form-data', '1')}--b--`],
    ['with a part of another kind', `${part('Content-Disposition: attachment; name="a"', '1')}--b--`],
    ['with a part without headers', '--b\r\n\r\n1\r\n--b--'],
    ['with text behind a delimiter', '--bx\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--'],
    ['with a huge part header', `${part(`X: ${'y'.repeat(9000)}`, '1')}--b--`],
  ])('%s is refused with 400', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('with too many parts is refused with 413', () => {
    const parts = field('a', '').repeat(MOST_PARTS);
    expect(parse(`${parts}--b--`).form).toHaveLength(MOST_PARTS);
    expect(() => parse(`${parts}${field('a', '')}--b--`)).toThrow(expect.objectContaining({ status: 413 }));
  });
});

describe('a header with parameters', () => {
  it.each([
    ['form-data; name="a b"; filename=c.txt', 'name', 'a b'],
    ['form-data; name="a b" ; filename=c.txt', 'filename', 'c.txt'],
    ['form-data; NAME=x', 'name', 'x'],
    ['form-data; name="a;filename=evil"', 'filename', undefined],
    ['form-data; name="a\\"b"', 'name', 'a"b'],
    ['form-data; filename="C:\\dir\\f.txt"', 'filename', 'C:\\dir\\f.txt'],
    ['form-data', 'name', undefined],
    ['multipart/form-data; boundary="x y"', 'boundary', 'x y'],
  ])('%s gives %s', (header, name, value) => {
    expect(parameterOf(header, name)).toBe(value);
  });

  it('has a media type without them', () => {
    expect(mediaTypeOf(' Text/HTML ; charset=utf-8')).toBe('text/html');
  });
});
