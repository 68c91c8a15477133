import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();
const PARTS = `const parts = (url) => url && [url.href, url.origin, url.protocol, url.username, url.password, url.host,
  url.hostname, url.port, url.pathname, url.search, url.hash, url.toString(), JSON.stringify({ url })];`;

const ABSOLUTE = JSON.stringify([
  'http://user:pa%20ss@EXAMPLE.com:80/a/../b/./c?x=1&y=%zz#frag ment',
  'https://ü.example/ä b?ö#ß',
  'https://xn--ls8h.la/',
  'http://faß.example',
  'http://[::1]:8080/x',
  'http://[2001:DB8::0:1]/',
  'http://192.168.257',
  'http://0x7f.1/',
  'http://1.2.3.4.5/',
  'http://256.1.1.1/',
  'http:\\\\evil\\path',
  'http:/one-slash',
  'http:no-slash',
  '  \t https://trim.me/\n path \u0000',
  'HTTP://a%41b.example/',
  'http://a b/',
  'http://a%00b/',
  'http://ex\u00ADample.com/',
  'http://a_b.example/',
  'http://%zz/',
  'http://host:99999/',
  'http://host:/',
  'http://:80/',
  'file:///C|/x/../../y',
  'data:text/plain,hello world',
  'mailto:a@b.c',
  'javascript:alert(1)',
  'blob:https://a.example/uuid',
  'blob:not-a-url',
  'non-special://host/path?q#f',
  'non-special:opaque path ?q',
  'https://a.example/\uD800/\u{1F600}',
  'https://a.example/?\'"<>`#\'"<>`',
  'https://a.example/%2e%2E/x%2F',
  'wss://a.example:443/',
  '',
  'relative',
  '//host',
  'https://',
  'https://?',
]);
const RELATIVE = JSON.stringify([
  '',
  '#x',
  '?y',
  '/abs',
  'rel/../../up',
  '//other/p',
  '\\\\other\\p',
  'https:same',
  'http:other',
  '..',
  '.',
  ';a?b#c',
]);
const SETTINGS = JSON.stringify([
  ['protocol', 'http'],
  ['protocol', 'ftp:rest'],
  ['protocol', 'mailto'],
  ['protocol', '1a'],
  ['username', 'a b:@/ü'],
  ['password', ''],
  ['host', 'other.example:81'],
  ['host', 'x:y'],
  ['host', ''],
  ['hostname', 'ß.example'],
  ['hostname', 'a:1'],
  ['hostname', '1.1'],
  ['port', '0'],
  ['port', '8080abc'],
  ['port', '99999'],
  ['port', ''],
  ['port', 443],
  ['pathname', 'no slash?#'],
  ['pathname', ''],
  ['search', 'a=b#c'],
  ['search', ''],
  ['search', '?'],
  ['hash', 'x y'],
  ['hash', '#'],
  ['href', 'https://new.example/p'],
]);

describe('URL in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'parses absolute URLs, with all parts': `${PARTS}
      return ${ABSOLUTE}.map((text) => attempt(() => parts(new URL(text))));`,
    'resolves relative URLs against a base': `${PARTS}
      return ${RELATIVE}.flatMap((text) => ['https://u:p@h.example:1/a/b/c?q#f', 'mailto:x', 'file:///a/b', 'nope']
        .map((base) => attempt(() => parts(new URL(text, base)))));`,
    'changes one part and leaves out what does not fit': `${PARTS}
      return ${SETTINGS}.flatMap(([part, value]) => ['https://u:p@h.example:1/a?q#f', 'mailto:x?y', 'file:///a']
        .map((text) => { const url = new URL(text); url[part] = value; return parts(url); }));`,
    'throws a TypeError when href is assigned something else': `const url = new URL('https://a.example');
      return [attempt(() => { url.href = 'nope'; }), url.href];`,
    'says without throwing whether a text is a URL': `
      return [URL.canParse('https://a'), URL.canParse('a'), URL.canParse('a', 'https://b'), URL.canParse('a', 'b'),
        URL.parse('https://a').href, URL.parse('a'), URL.parse('a', 'https://b/c').href];`,
    'takes a URL as input and as base': `const url = new URL('https://a.example/x/y');
      return [new URL(url).href, new URL('z', url).href, new URL(url, 'https://b').href, String(url)];`,
    'refuses wrong calls by a TypeError': `
      return [attempt(() => new URL()), attempt(() => URL('https://a')), attempt(() => new URL(Symbol())),
        attempt(() => new URL('a', null)), attempt(() => { new URL('https://a').origin = 'x'; return 'kept'; })];`,
    'names itself': `const url = new URL('https://a');
      return [Object.prototype.toString.call(url), URL.name, url instanceof URL, Object.keys(url)];`,
  });
});

describe('a URL longer than a million characters', () => {
  it('is none', async () => {
    const body = `const long = 'x'.repeat(1_100_000); const url = new URL('https://a.example/');
      return [URL.canParse('https://a.example/' + long), attempt(() => { url.search = long; }), attempt(() => url.searchParams.set('a', long)), url.href]`;
    const expected = [false, 'throws TypeError', 'throws TypeError', 'https://a.example/'];
    expect(await realm.run(body)).toEqual(expected);
  });
});

describe('searchParams of a URL, as in Node.js', () => {
  sameAsNode(realm, {
    'change the URL': `const url = new URL('https://a.example/?a=b~c&x#f');
      const seen = [];
      for (const change of [(p) => p.append('n', 'v w'), (p) => p.set('a', "'!~"), (p) => p.sort(), (p) => p.delete('a'),
        (p) => p.delete('missing'), (p) => { for (const key of [...p.keys()]) p.delete(key); }]) {
        change(url.searchParams); seen.push(url.href, url.search);
      }
      return seen;`,
    'follow the URL': `const url = new URL('https://a.example/?a=1');
      const params = url.searchParams;
      const seen = [params.get('a')];
      url.search = 'a=2&b=3'; seen.push([...params]);
      url.href = 'https://b.example/?c=4'; seen.push([...params]);
      url.search = ''; seen.push([...params], params === url.searchParams);
      url.hash = 'x'; params.append('d', '5'); seen.push(url.href);
      return seen;`,
    'of one URL leave a copy alone': `const url = new URL('https://a.example/?a=1');
      const copy = new URLSearchParams(url.searchParams);
      copy.append('b', '2');
      return [url.href, String(copy)];`,
  });
});
