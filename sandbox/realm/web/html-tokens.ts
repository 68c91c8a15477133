import { decodeEntities } from './html-entities.ts';

/**
 * Cuts HTML into text and tags, in one pass and in linear time: nothing is looked at twice. Comments and declarations
 * are left out, and so is everything inside elements whose content is no text for readers.
 */

export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open' | 'close'; readonly name: string; readonly attributes: string };

const WITHOUT_TEXT = new Set(['script', 'style', 'title', 'template', 'iframe', 'svg']);

/** Where the tag that begins at `start` ends; a `>` in a quoted value does not count. -1 without an end. */
function tagEnd(html: string, start: number): number {
  const stop = /[>"']/g;
  stop.lastIndex = start;
  for (let found = stop.exec(html); found !== null; found = stop.exec(html)) {
    if (html[found.index] === '>') return found.index;
    if (html[found.index - 1] !== '=') continue;
    const close = html.indexOf(found[0], stop.lastIndex);
    if (close === -1) return -1;
    stop.lastIndex = close + 1;
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
  const tagStart = /<\/?([A-Za-z][A-Za-z0-9:-]*)/y;
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
    tagStart.lastIndex = at;
    const name = tagStart.exec(html);
    if (name?.[1] === undefined) {
      yield { kind: 'text', text: '<' };
      at += 1;
      continue;
    }
    const nameEnd = tagStart.lastIndex;
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
