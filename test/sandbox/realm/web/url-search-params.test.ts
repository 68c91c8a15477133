import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();
const QUERIES = JSON.stringify([
  'a=1&b=2&a=3',
  '?a=1',
  '??a=1',
  'a',
  '=',
  '&&a=1&&',
  'a=b=c',
  'a+b=c+d%20e',
  '%61=%C3%BC&x=%F0%9F%98%80',
  'bad=%zz&half=%C3&cut=%E2%82&end=%',
  'bad=%4&mix=%C3%28&x=%C3%28+%25',
  '%EF%BB%BFbom=%EF%BB%BF',
  'a=\uD800&b=%ED%A0%80',
  'a=\u0000%00',
  '%2B=%26%3D',
  '',
]);

describe('URLSearchParams in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'reads and writes queries': `
      return ${QUERIES}.map((query) => { const params = new URLSearchParams(query); return [[...params], String(params), params.size]; });`,
    'is made from every form': `
      function* pairs() { yield ['g', 1]; yield new Set(['h', 'i']); }
      return [undefined, null, {}, { a: 1, b: null, 'c d': 'ü' }, [['a', 'b'], ['a', 'c']], new Map([['m', 'n']]), pairs(),
        new URLSearchParams('x=y'), 5, true, [], [['only']], [['a', 'b', 'c']], [1], ['ab'], { [Symbol('s')]: 1 }, [[Symbol(), 1]],
        Object.create({ inherited: 1 }), Symbol(), { '\\uD800': '\\uDC00' }, new URLSearchParams('a=1&a=2')]
        .map((init) => attempt(() => [...new URLSearchParams(init)]));`,
    'appends, sets, deletes and finds': `
      const params = new URLSearchParams('a=1&b=2&a=3&c=4&a=1');
      const seen = [params.get('a'), params.get('z'), params.getAll('a'), params.getAll('z'), params.has('a'), params.has('a', '3'),
        params.has('a', '9'), params.has('b', undefined)];
      params.append('d', undefined); params.set('a', 'X'); params.set('new', { toString: () => 'obj' });
      seen.push(String(params));
      params.append('b', '7'); params.delete('b', '2'); seen.push(String(params));
      params.delete('b'); seen.push(String(params), params.size);
      return seen;`,
    'encodes every character': `
      let text = ''; for (let code = 0; code < 300; code += 1) text += String.fromCharCode(code);
      return [String(new URLSearchParams({ [text]: text + '\\u{1F600}\\uFFFF' })), new URLSearchParams(String(new URLSearchParams({ text }))).get('text') === text];`,
    'sorts by UTF-16 units and keeps the order of one name': `
      const params = new URLSearchParams('z=b&a=b&z=a&a=a&\\uFFFD=1&\\u{1F600}=2&ﬃ=&🌈=&aa=3&=0');
      params.sort();
      return [...params];`,
    'is walked by every kind of iterator': `
      const params = new URLSearchParams('a=1&b=2');
      const visited = [];
      params.forEach(function (value, name, all) { visited.push([value, name, all === params, this.self]); }, { self: 'me' });
      return [visited, [...params.keys()], [...params.values()], [...params.entries()], Object.fromEntries(params)];`,
    'shows changes to a walk that goes on': `
      const params = new URLSearchParams('a=1&b=2&c=3');
      const seen = [];
      for (const [name] of params) { seen.push(name); if (name === 'a') params.delete('a'); if (seen.length < 4) params.append('n' + seen.length, 'x'); }
      return seen;`,
    'names itself': `const params = new URLSearchParams();
      return [Object.prototype.toString.call(params), URLSearchParams.name, attempt(() => URLSearchParams()), attempt(() => params.forEach('x'))];`,
  });

  it('keeps other characters whole beside malformed escapes', async () => {
    expect(await realm.run(`return [...new URLSearchParams('ü=%C3%28ü%25%')]`)).toEqual([
      ['ü', '\uFFFD(ü%%'],
    ]);
  });
});
