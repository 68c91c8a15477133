import { decodeEntities } from './html-entities.ts';

/**
 * Cuts HTML into text and tags, in one pass and in linear time: nothing is looked at twice. Comments and declarations
 * are left out, and so is everything inside elements whose content is no text for readers.
 */

export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open' | 'close'; readonly name: string; readonly attributes: string };

const WITHOUT_TEXT = new Set(['script', 'style', 'title', 'template', 'iframe', 'svg']);

/** Where the tag that begins at `start` ends; a `>` in quotes does not count. -1 without an end. */
function tagEnd(html: string, start: number): number {
  let at = start;
  while (at < html.length) {
    const character = html[at];
    if (character === '>') return at;
    if (character === '"' || character === "'") {
      const close = html[at - 1] === '=' ? html.indexOf(character, at + 1) : at;
      if (close === -1) return -1;
      at = close;
    }
    at += 1;
  }
  return -1;
}

/** Where the text after the element `name`, opened before `start`, goes on. */
function afterElement(html: string, name: string, start: number): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  close.lastIndex = start;
  const found = close.exec(html);
  return found ? found.index : html.length;
}

/** Where a comment or declaration that begins at `start` ends. */
function markupEnd(html: string, start: number): number {
  const comment = html.startsWith('<!--', start);
  const end = comment ? html.indexOf('-->', start + 4) : html.indexOf('>', start);
  return end === -1 ? html.length : end + (comment ? 3 : 1);
}

export function* tokens(html: string): Generator<Token, undefined> {
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    const textEnd = open === -1 ? html.length : open;
    if (textEnd > at) yield { kind: 'text', text: decodeEntities(html.slice(at, textEnd)) };
    at = textEnd;
    if (at === html.length) return;
    if (html[at + 1] === '!' || html[at + 1] === '?') {
      at = markupEnd(html, at);
      continue;
    }
    const name = /^<\/?([A-Za-z][A-Za-z0-9:-]*)/.exec(html.slice(at, at + 64));
    if (name?.[1] === undefined) {
      yield { kind: 'text', text: '<' };
      at += 1;
      continue;
    }
    const nameEnd = at + name[0].length;
    const end = tagEnd(html, nameEnd);
    if (end === -1) return;
    const tag = name[1].toLowerCase();
    const kind = html[at + 1] === '/' ? 'close' : 'open';
    yield { kind, name: tag, attributes: html.slice(nameEnd, end) };
    at = end + 1;
    if (kind === 'open' && WITHOUT_TEXT.has(tag)) at = afterElement(html, tag, at);
  }
}

/** An attribute's value, or undefined. */
export function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|[\\s"'/])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(
    attributes,
  );
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? undefined : decodeEntities(value).trim();
}
