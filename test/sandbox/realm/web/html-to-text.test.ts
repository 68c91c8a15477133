import { describe, expect, it } from 'vitest';
import { html2plaintext } from '../../../../sandbox/realm/web/html-to-text.ts';

describe('html2plaintext', () => {
  const cases: readonly (readonly [what: string, html: unknown, text: string])[] = [
    ['a paragraph', '<p>Hello</p>', 'Hello'],
    ['paragraphs as lines', '<p>One</p><p>Two</p>', 'One\nTwo'],
    ['line breaks of every spelling', 'a<br>b<br/>c<BR />d</br>e', 'a\nb\nc\nd\ne'],
    ['blocks and lists as lines', '<div>a<div>b</div>c</div><ul><li>d</li><li>e</li></ul>', 'a\nb\nc\nd\ne'],
    [
      'a table, a row on each line',
      '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>',
      'a b\nc',
    ],
    ['inline elements without a gap', '<span>a</span>b<font color="red">c</font>', 'abc'],
    [
      'marks for bold, emphasis and headings',
      '<b>x</b> <strong>y</strong> <em>z</em><h1>t</h1><h3>u</h3>',
      '*x* *y* /z/\n**t**\n*u*',
    ],
    [
      'links with their addresses at the end',
      '<p>See <a href="https://a.example/?x=1&amp;y=2">this</a> and <a class=q href=/b>that</a>.</p>',
      'See this [1] and that [2].\n\n[1] https://a.example/?x=1&y=2\n[2] /b',
    ],
    ['an anchor without an address as text', '<a name="x">here</a>', 'here'],
    ['a link that was not closed', '<a href="u">a <a href="v">b</a>', 'a [1]b [2]\n\n[1] u\n[2] v'],
    ['a link without text', '<a href="u"></a>', '[1]\n\n[1] u'],
    ['the text of an image', '<img src="x.png" alt="A &lt;logo&gt;"> <img src=y>', 'A <logo>'],
    [
      'entities',
      '&lt;b&gt; &amp;amp; &quot;&apos;&#39;&#x41;&#65; &euro;&nbsp;5 &hellip; &Uuml;&szlig;',
      "<b> &amp; \"''AA €\u00a05 … Üß",
    ],
    ['what is no entity as it is', 'AT&T &unknown; &; &# &#xZZ; &amp', 'AT&T &unknown; &; &# &#xZZ; &amp'],
    ['impossible characters as U+FFFD', '&#0;&#xD800;&#x110000;', '\uFFFD\uFFFD\uFFFD'],
    [
      'no scripts, styles, titles and comments',
      '<title>t</title><style>p{}</style>a<!-- <b>x</b> -->b<script>if (1<2) "</b>"</script>c<SCRIPT >x</script >d',
      'abcd',
    ],
    ['no declarations', '<?xml version="1.0"?><!DOCTYPE html><html><body>x</body></html>', 'x'],
    ['comparisons as text', '1 < 2 <3 and 4 > 3 <', '1 < 2 <3 and 4 > 3 <'],
    ['an attribute that holds a bracket', '<p title="a > b" class=\'>\'>x</p>', 'x'],
    ['nothing after a tag without an end', 'a<p title="open', 'a'],
    [
      'folded spaces, lines of the source, no empty lines',
      '<p>  a \t b\n\n  c  </p>\r\n<p></p><p>d</p>',
      'a b\nc\nd',
    ],
    ['plain text as it is', '/telegram Hello\nWorld', '/telegram Hello\nWorld'],
    ['nothing', '', ''],
    ['null', null, ''],
    ['false, which Odoo has for an empty body', false, ''],
  ];
  it.each(cases)('writes %s', (_what, html, text) => {
    expect(html2plaintext(html)).toBe(text);
  });

  it.each([
    ['open brackets', '<'],
    ['open tags', '<a href="'],
    ['unclosed scripts', '<script>'],
    ['closed scripts that never end', '</script'],
    ['comments', '<!--'],
    ['half comments', '<!-- --'],
    ['ampersands', '&#x'],
    ['quotes', `<p a="'`],
    ['spaces in attributes', '<a href   '],
    ['spaces', ' \t'],
    ['links', '<a href=x>'],
  ])('takes time in proportion to the input for %s', (_what, piece) => {
    const time = (count: number): number => {
      const html = piece.repeat(count);
      const start = process.cpuUsage();
      html2plaintext(html);
      return process.cpuUsage(start).user;
    };
    time(1000);
    // Quadratic time would be far more than a hundred times as long for 16 times the input.
    expect(time(160_000)).toBeLessThan(100 * Math.max(time(10_000), 5000));
  });
});
