import { describe, expect, it } from 'vitest';
import { OPERATORS } from '../../../../runtime/env/domain/condition.ts';
import { parseDomain } from '../../../../runtime/env/domain/parse-domain.ts';

const a = ['a', '=', 1];
const b = ['b', '=', 2];
const c = ['c', '=', 3];
const leaf = (name: string, value: unknown) => ({
  kind: 'leaf',
  leaf: { path: [name], operator: '=', value },
});
const [A, B, C] = [leaf('a', 1), leaf('b', 2), leaf('c', 3)];

function refusalOf(domain: unknown): { readonly name: string; readonly message: string } {
  try {
    parseDomain(domain);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return { name: 'none', message: '' };
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('a domain', () => {
  it.each([
    ['of nothing is true', [], { kind: 'and', of: [] }],
    ['of one term is that term', [a], A],
    ['of terms that nothing joins asks for all of them', [a, b, c], { kind: 'and', of: [A, B, C] }],
    ['joins the two terms after &', ['&', a, b], { kind: 'and', of: [A, B] }],
    ['joins the two terms after |', ['|', a, b], { kind: 'or', of: [A, B] }],
    ['asks for the rest besides', ['|', a, b, c], { kind: 'and', of: [{ kind: 'or', of: [A, B] }, C] }],
    ['may begin with a term', [a, '|', b, c], { kind: 'and', of: [A, { kind: 'or', of: [B, C] }] }],
    ['turns the one term after ! around', ['!', a, b], { kind: 'and', of: [{ kind: 'not', of: A }, B] }],
    [
      'turns what an operator joined around',
      ['!', '|', a, b],
      { kind: 'not', of: { kind: 'or', of: [A, B] } },
    ],
    ['makes long chains flat', ['|', '|', a, b, c], { kind: 'or', of: [A, B, C] }],
    ['knows the true term of Odoo', [[1, '=', 1]], { kind: 'and', of: [] }],
    ['knows the false term of Odoo', [[0, '=', 1]], { kind: 'or', of: [] }],
    ['keeps __proto__ as a name like others', [['__proto__', '=', 1]], leaf('__proto__', 1)],
  ])('%s', (_, domain, tree) => {
    expect(parseDomain(domain)).toEqual(tree);
  });

  it('takes each operator, and splits paths at dots', () => {
    for (const operator of OPERATORS) {
      const value = operator.endsWith('in') ? ['x'] : 'x';
      expect(parseDomain([['a_id.name', operator, value]])).toEqual({
        kind: 'leaf',
        leaf: { path: ['a_id', 'name'], operator, value },
      });
    }
  });

  it.each<[string, unknown, string]>([
    ['text', 'a = 1', 'A domain is a list of terms, not "a = 1"'],
    ['nothing', undefined, 'not undefined'],
    ['an object', { a: 1 }, 'not {"a":1}'],
    ['a Map', new Map([['a', 1]]), 'not a Map'],
    ['a term without its list', ['name', '=', 'x'], 'this is one term: write [["name","=","x"]]'],
    ['a term of two', [['a', '=']], 'a list [field, operator, value], not ["a","="]'],
    ['a term of four', [['a', '=', 1, 2]], 'not ["a","=",1,2]'],
    ['a number as a term', [5], 'not 5'],
    ['undefined', [undefined, a], 'not undefined'],
    ['a Date as a term', [new Date(0)], 'not 1970-01-01T00:00:00.000Z'],
    ['an invalid Date', [['a', '=', 1], new Date(Number.NaN)], 'not an invalid Date'],
    ['a word between terms', [a, 'and', b], '"and" joins no terms in a domain. There is "&", "|" and "!"'],
    ['& with one term', ['&', a], '"&" takes two terms after it, and fewer follow: ["&",["a","=",1]]'],
    ['| with nothing', [a, '|'], '"|" takes two terms after it'],
    ['! with nothing', ['!'], '"!" takes one term after it, and none follows: ["!"]'],
    ['an unknown operator', [['a', 'ILIKE', 'x']], 'There is no operator "ILIKE" in domains. There is =, !='],
    ['an operator that is a list', [['a', ['='], 'x']], 'There is no operator ["="]'],
    ['an unknown operator', [['a', '==', 'x']], 'The term is ["a","==","x"]'],
    ['a number as a field', [[1, '=', 2]], 'begins with the name of a field'],
    ['a name with a dash', [['a-b', '=', 1]], '"a-b" is no name of a field'],
    ['a name with a quote', [[`a"') OR 1=1 --`, '=', 1]], 'is no name of a field'],
    ['an empty name', [['', '=', 1]], '"" is no name of a field'],
    ['a path with a gap', [['a..b', '=', 1]], '"" is no name of a field'],
    ['a name with a line end', [['a\n', '=', 1]], '"a\\n" is no name of a field'],
    ['a name that is too long', [['a'.repeat(65), '=', 1]], 'is no name of a field'],
    ['a path that is too long', [['a.b.c.d.e.f.g', '=', 1]], 'at most 6 fields'],
    ['a list for =', [['a', '=', [1]]], '"=" takes one value, not a list. For any of several there is "in"'],
    ['a list for like', [['a', 'like', ['x']]], '"like" takes one value'],
    ['one value for in', [['a', 'in', 5]], '"in" takes a list of values'],
    ['a Set for in', [['a', 'not in', new Set([1])]], '"not in" takes a list of values'],
    ['long text', [['a', '=', 'x'.repeat(10_001)]], '"=" takes text of at most 10000 characters, not 10001'],
    ['long text in a list', [['a', 'in', ['x'.repeat(10_001)]]], 'at most 10000 characters'],
    ['a long pattern', [['a', '=like', '%x'.repeat(501)]], '"=like" takes text of at most 1000 characters'],
    ['too many values', [['a', 'in', Array(10_001).fill(1)]], '"in" takes at most 10000 values, not 10001'],
    ['too many ids above', [['id', 'child_of', Array(1001).fill(1)]], 'at most 1000 values'],
    [
      'too many values in all lists',
      Array(3).fill(['a', 'in', Array(7000).fill(1)]),
      'at most 20000 values together',
    ],
    [
      'too much in all patterns',
      Array(3).fill(['a', '=like', 'x'.repeat(700)]),
      'at most 2000 characters together',
    ],
    [
      'too much to look for',
      Array(3).fill(['a', 'ilike', 'x'.repeat(4000)]),
      'at most 10000 characters together',
    ],
    ['too many terms', Array(201).fill(a), 'A domain has at most 200 terms'],
    ['the true term written otherwise', [[1, '=', '1']], 'begins with the name of a field'],
  ])('of %s is refused by name', (_, domain, message) => {
    const refusal = refusalOf(domain);
    expect(refusal.name).toBe('ValidationError');
    expect(refusal.message).toContain(message);
    expect(refusal.message.length).toBeLessThan(600);
  });

  it('takes 200 terms however they are joined, as they are not deep', () => {
    const terms = Array(200).fill(a);
    const chain = terms.flatMap((term, index) => (index < 199 ? ['|', term] : [term]));
    for (const domain of [terms, [...Array(199).fill('&'), ...terms], chain]) {
      expect(parseDomain(domain)).toMatchObject({ of: { length: 200 } });
    }
  });

  it('is nested at most 100 levels deep', () => {
    const deep = (levels: number) => [...Array(levels).fill('!'), a];
    expect(refusalOf(deep(100)).name).toBe('none');
    expect(refusalOf(deep(101)).message).toContain('nested at most 100 levels deep');
    const mixed = Array(60).fill(['|', a, '&', b]).flat();
    expect(refusalOf([...mixed, c]).message).toContain('nested at most 100 levels deep');
  });

  it.each<[string, unknown]>([
    ['nested 1,000 levels deep', [...Array(999).fill('!'), a]],
    ['of 100,000 terms', Array(100_000).fill(a)],
    ['of 100,000 operators', Array(100_000).fill('!')],
    ['with a pattern of a megabyte', [['a', '=ilike', '%_'.repeat(524_288)]]],
    ['with a path of a megabyte', [['a.'.repeat(524_288), '=', 1]]],
    ['of lists within lists', [nested(1000)]],
    ['with a term of a million parts', [Array(1_000_000).fill('x')]],
  ])('%s is refused with a short message', (_, domain) => {
    const refusal = refusalOf(domain);
    expect(refusal.name).toBe('ValidationError');
    expect(refusal.message.length).toBeLessThan(600);
  });
});
