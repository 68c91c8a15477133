/** The secret part of a hook's URL and what the caller put behind it. */
export interface HookPath {
  readonly hook: string;
  /** Decoded, with its slash, or "". */
  readonly rest: string;
  /** What comes after the question mark, as sent. */
  readonly query: string;
}

export const HOOK_PREFIX = '/hook/';
const LONGEST = 8192;
const SECRET = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Takes a request target apart. Undefined when it cannot be a hook's: nothing that a proxy and this server could read
 * differently gets through (dot segments, empty segments, backslashes, encoded slashes, control characters).
 */
export function parseHookPath(target: string): HookPath | undefined {
  if (target.length > LONGEST) return undefined;
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  const slash = path.indexOf('/', HOOK_PREFIX.length);
  const hook = slash === -1 ? path.slice(HOOK_PREFIX.length) : path.slice(HOOK_PREFIX.length, slash);
  if (!SECRET.test(hook)) return undefined;
  const rest = slash === -1 ? '' : decodeRest(path.slice(slash));
  if (rest === undefined) return undefined;
  return { hook, rest, query: question === -1 ? '' : target.slice(question + 1) };
}

function decodeRest(raw: string): string | undefined {
  const segments = raw.slice(1).split('/').map(decodeSegment);
  const safe = segments.every((segment, index) => isSafe(segment, index === segments.length - 1));
  return safe ? `/${segments.join('/')}` : undefined;
}

function decodeSegment(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Only the last segment may be empty: `/a/` is a path of its own. */
function isSafe(segment: string | undefined, last: boolean): boolean {
  if (segment === undefined || segment === '.' || segment === '..') return false;
  if (segment === '') return last;
  for (let index = 0; index < segment.length; index++) {
    const code = segment.charCodeAt(index);
    if (code < 0x20 || code === 0x7f || code === 0x2f || code === 0x5c) return false;
  }
  return true;
}
