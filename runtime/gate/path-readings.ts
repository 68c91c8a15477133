const MOST_DECODINGS = 3;
/** Bytes that UTF-8 never has (`%c0%af` is a slash to careless decoders), and the end of text in C. */
const NEVER_HARMLESS = /%(?:c[01]|f[5-9a-f]|00)/i;

/**
 * What a path may mean to the server that gets it: as it is sent, and as it is after everything that servers do to
 * paths (`%2f` and `%5c` are slashes, `;x` is cut off, empty parts vanish). A rule about paths has to open both.
 * Undefined when it is written so that nobody can tell. That is so of each `..` which only a server would find: how far
 * up it goes depends on whether `;x` and empty parts count there. Plain ones are gone from every URL that was read.
 */
export function readingsOf(pathname: string): readonly string[] | undefined {
  let decoded = pathname;
  for (let round = 0; ; round += 1) {
    if (NEVER_HARMLESS.test(decoded)) return undefined;
    const next = decodeOnce(decoded);
    if (next === decoded) break;
    if (round === MOST_DECODINGS) return undefined;
    decoded = next;
  }
  const parts = decoded.split(/[/\\]/).map((part) => part.replace(/;.*$/s, ''));
  if (parts.some((part) => part === '.' || part === '..')) return undefined;
  const bare = withoutEmptyParts(parts);
  return bare === pathname ? [pathname] : [pathname, bare];
}

/** Of ASCII alone: rules have nothing else. */
const decodeOnce = (text: string): string =>
  text.replace(/%([0-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function withoutEmptyParts(parts: readonly string[]): string {
  const kept = parts.filter((part) => part !== '');
  return `/${kept.join('/')}${parts.at(-1) === '' && kept.length > 0 ? '/' : ''}`;
}

/** `pattern`: parts that are equal, or have one `*` for any text without a slash; `**` at the end stands for all that follows. */
export function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  const isOpen = wanted.at(-1) === '**';
  if (isOpen ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  const compared = isOpen ? wanted.slice(0, -1) : wanted;
  return compared.every((part, index) => matchesPart(part, parts[index] ?? ''));
}

function matchesPart(pattern: string, part: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === part;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return part.length >= start.length + end.length && part.startsWith(start) && part.endsWith(end);
}
