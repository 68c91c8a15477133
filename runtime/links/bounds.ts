/** In characters. */
const LONGEST = { relation: 100, model: 100, system: 100, reference: 500 };

export type LinkText = keyof typeof LONGEST;

/** Of one project. */
export const MOST_LINKS = 1_000_000;
export const MOST_BYTES = 256 * 1024 ** 2;

/** What one search may find, in bytes: it crosses to the job as one message. */
const LARGEST_ANSWER = 1024 ** 2;

/** What one search may find, and how many references or ids one call may name. */
export const MOST_AT_ONCE = 10_000;

/** What one search may look at to find them. */
const MOST_READ = 50_000;

export const SEARCH_BOUNDS = { limit: MOST_AT_ONCE, most_bytes: LARGEST_ANSWER, most_read: MOST_READ };

/** What is wrong with a text of a link, as a sentence; undefined when it is right. */
export function problemOf(what: LinkText, text: unknown): string | undefined {
  const most = LONGEST[what];
  if (typeof text !== 'string') return `The ${what} of a link is text, not ${kindOf(text)}.`;
  if (text === '') return `The ${what} of a link is empty.`;
  if (text.length > most) return `The ${what} of a link has at most ${most} characters.`;
  // Stored, two of them could become the same.
  if (text.includes('\0') || !text.isWellFormed()) {
    return `The ${what} of a link holds U+0000 or half a character. Encode it first, with b64encode for example.`;
  }
  if (what === 'model' && text.includes(',')) return 'The model of a link holds no comma.';
  return undefined;
}

export const FULL = `A project has at most ${MOST_LINKS} links, which take at most ${MOST_BYTES} bytes. Unlink those that nobody needs any more.`;

export const kindOf = (value: unknown): string => (value === null ? 'null' : `of type ${typeof value}`);
