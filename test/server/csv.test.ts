import { describe, expect, it } from 'vitest';
import { csvLine } from '../../server/csv.ts';

describe('a line of CSV', () => {
  it('has its cells between commas, and ends as RFC 4180 says', () => {
    expect(csvLine([1, 'plain', null, '', 'мир'])).toBe('1,plain,,,мир\r\n');
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['quotes', 'say "hi"', '"say ""hi"""'],
    ['an end of line', 'a\nb\r\nc', '"a\nb\r\nc"'],
  ])('puts a cell with %s between quotes', (_what, cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['＝1', "'＝1"],
  ])('gives no spreadsheet a formula: %j', (cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`);
  });

  it('leaves numbers as they are, also below zero', () => {
    expect(csvLine([-1.5, 0])).toBe('-1.5,0\r\n');
  });
});
