/** The parts of an update that this project uses: https://core.telegram.org/bots/api#update */
export interface TelegramUser {
  readonly id: number;
  readonly is_bot?: boolean;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}
export interface TelegramMessage {
  readonly from?: TelegramUser;
  readonly chat: { readonly id: number; readonly type: string };
  readonly text?: string;
  /** What is written under a picture or a file. */
  readonly caption?: string;
}

const _REFERENCE = /^(\d+)@telegram$/;

/** The internal reference of the partner that is this Telegram user. */
export function partnerReference(userId: number): string {
  return `${userId}@telegram`;
}

/** The Telegram user with whom a reference of a partner says to talk; undefined when it is no such reference. */
export function chatOfReference(reference: string | null): number | undefined {
  const [, id] = _REFERENCE.exec(reference ?? '') ?? [];
  return id === undefined ? undefined : Number(id);
}

/** `@username`, else first and last name. */
export function telegramName(user: TelegramUser): string {
  if (user.username) return `@${user.username}`;
  return [user.first_name, user.last_name].filter(Boolean).join(' ') || `user ${user.id}`;
}

/** A text with its {names} filled in; values are text, not HTML. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (name, key) =>
    Object.hasOwn(values, key) ? escapeHtml(`${values[key]}`) : name,
  );
}

const _TAGS: Record<string, string> = {
  b: 'b',
  strong: 'b',
  i: 'i',
  em: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  a: 'a',
  code: 'code',
  pre: 'pre',
};
const _BREAKS = ['br', 'p', 'div', 'li', 'tr', 'ul', 'ol', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote'];

/** HTML reduced to what Telegram accepts: the tags b i u s a code pre, properly nested, and line breaks for paragraphs. */
export function telegramHtml(html: string): string {
  const visible = html.replace(/<!--.*?(?:-->|$)|<(script|style)\b.*?(?:<\/\1\s*>|$)/gis, '');
  const open: string[] = [];
  let result = '';
  for (const [piece, slash, tag, attributes] of visible.matchAll(
    /<(\/?)([a-z][a-z0-9]*)\b([^<>]*)>|[^<]+|</gi,
  )) {
    const name = tag?.toLowerCase() ?? '';
    const known = Object.hasOwn(_TAGS, name) ? _TAGS[name] : undefined;
    if (tag === undefined) result += _text(piece);
    else if (_BREAKS.includes(name)) result += name === 'br' || slash ? '\n' : '';
    else if (known && slash) result += _close(open, known);
    else if (known) result += _open(open, known, attributes ?? '');
  }
  return (
    result +
    open
      .reverse()
      .map((name) => `</${name}>`)
      .join('')
  )
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function _open(open: string[], name: string, attributes: string): string {
  if (open.includes(name)) return '';
  const [, quoted, bare] = /\bhref\s*=\s*(?:"([^"]*)"|'?([^\s'>]*))/i.exec(attributes) ?? [];
  const target = quoted ?? bare ?? '';
  if (name === 'a' && !/^(?:https?|tg|mailto):/i.test(target)) return '';
  open.push(name);
  return name === 'a' ? `<a href="${_text(target).replaceAll('"', '&quot;')}">` : `<${name}>`;
}

/** Closes the tag and what was left open inside it; nothing when it is not open. */
function _close(open: string[], name: string): string {
  const index = open.lastIndexOf(name);
  if (index < 0) return '';
  return open
    .splice(index)
    .reverse()
    .map((each) => `</${each}>`)
    .join('');
}

/** Of the named entities Telegram knows these four only. */
function _text(text: string): string {
  return text
    .replaceAll('&nbsp;', ' ')
    .replace(/&(?!(?:amp|lt|gt|quot|#\d{1,7}|#x[\da-f]{1,6});)/gi, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Text as HTML: what customers write must not become a part of the page that shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
