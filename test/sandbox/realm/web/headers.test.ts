import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();

describe('Headers in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'are made from every form': `
      function* pairs() { yield ['G', 1]; yield new Set(['h', 'i']); }
      return [undefined, {}, { A: 1, b: 'x', 'Content-Type': null }, [['a', 'b'], ['A', 'c']], new Map([['m', 'n']]), pairs(), new Headers({ q: 'r' }),
        [], null, 5, 'a: b', [['only']], [['a', 'b', 'c']], [1], { [Symbol('s')]: 1 }, Object.create({ inherited: 1 })]
        .map((init) => attempt(() => [...new Headers(init)]));`,
    'do not care for the case of names': `
      const headers = new Headers({ 'X-One': '1' });
      headers.append('x-ONE', '2'); headers.set('Accept', 'a'); headers.set('ACCEPT', 'b');
      return [headers.get('X-one'), headers.has('x-One'), headers.get('none'), [...headers], headers.has('none')];`,
    'are walked sorted and combined, cookies apart': `
      const headers = new Headers([['z', '1'], ['set-cookie', 'a=1'], ['B', '2'], ['Set-Cookie', 'b=2, c'], ['a', '3'], ['b', '4'], ['set-cookie', 'a=1']]);
      const visited = []; headers.forEach(function (value, name, all) { visited.push([value, name, all === headers, this.s]); }, { s: 1 });
      return [[...headers], [...headers.keys()], [...headers.values()], headers.get('set-cookie'), headers.getSetCookie(), new Headers().getSetCookie(), visited];`,
    'replace in place and delete': `
      const headers = new Headers([['a', '1'], ['b', '2'], ['a', '3'], ['set-cookie', 'x'], ['set-cookie', 'y']]);
      headers.set('a', 'new'); headers.set('set-cookie', 'z'); headers.delete('B'); headers.delete('none');
      return [...headers];`,
    'trim values and refuse what no value may hold': `
      return ['', ' a ', '\\t\\r\\n a\\tb \\n', 'a\\nb', 'a\\rb', 'a\\0b', 'é', 'ÿ', 'Ā', '€', 'a\\x01b', 'a\\x7fb', undefined, null, 12, {}]
        .map((value) => attempt(() => new Headers([['x', value]]).get('x')));`,
    'refuse what is no name': `
      return ['', ' ', 'a b', 'a:', 'ü', 'a\\n', '(x)', "!#$%&'*+-.^_\`|~09azAZ", 'x\\0', undefined, 5]
        .map((name) => [attempt(() => { new Headers().append(name, 'v'); return 'ok'; }), attempt(() => new Headers().get(name)), attempt(() => new Headers().has(name)), attempt(() => { new Headers().delete(name); return 'ok'; })]);`,
    'name themselves': `const headers = new Headers(); return [Object.prototype.toString.call(headers), Headers.name, attempt(() => Headers()), JSON.stringify(headers)];`,
  });

  it('do not repeat a value in an error', async () => {
    const body = `try { new Headers({ authorization: 'secret\\nvalue' }) } catch (error) { return error.message }`;
    expect(await realm.run(body)).toBe(
      'The value of the header "authorization" has a character that is not allowed',
    );
  });

  it('trim a long run of white space in linear time', async () => {
    const body = `return new Headers({ a: 'x' + ' '.repeat(2_000_000) + 'y' }).get('a').length`;
    expect(await realm.run(body)).toBe(2_000_002);
  });
});
