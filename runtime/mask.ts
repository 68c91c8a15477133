import { whyUnmaskable } from './mask/maskable.ts';
import { PatternSearch, type Span } from './mask/pattern-search.ts';
import { unescapePercent } from './mask/percent.ts';
import { secretForms } from './mask/secret-forms.ts';

/** Knows some secret values and finds them in text, also in the encodings in which they usually travel. */
export interface Masker {
  /** The text with every secret replaced by `***`; the text itself when it holds none. */
  mask(text: string): string;
  /** Whether a secret is in it. */
  contains(data: string | Uint8Array): boolean;
  /**
   * The first `bytes` bytes as text, masked. A secret that starts there is replaced as a whole, wherever it ends.
   * What is no UTF-8 becomes U+FFFD.
   */
  excerpt(data: string | Uint8Array, bytes: number): string;
}

const MASK = Buffer.from('***');
const PERCENT = 0x25;
/** Percent-encoded, a byte takes three. */
const LONGEST_ESCAPE = 3;
/** In UTF-8. */
const LONGEST_CHARACTER = 4;

/** `secrets`: values by key. Those that `whyUnmaskable` gives a reason against are left alone. */
export function createMasker(secrets: Readonly<Record<string, string>>): Masker {
  const values = Object.values(secrets).filter((value) => whyUnmaskable(value) === null);
  if (values.length === 0) return NOTHING_TO_MASK;
  const search = new PatternSearch(values.flatMap(secretForms));
  return Object.freeze({
    mask(text: string): string {
      const bytes = Buffer.from(text, 'utf8');
      const spans = findAll(search, bytes);
      return spans.length === 0 ? text : replace(bytes, spans, bytes.length);
    },
    contains(data: string | Uint8Array): boolean {
      const bytes = bytesOf(data);
      if (search.finds(bytes)) return true;
      return bytes.includes(PERCENT) && search.finds(unescapePercent(bytes).bytes);
    },
    excerpt(data: string | Uint8Array, length: number): string {
      const reach = length + search.longest * LONGEST_ESCAPE;
      const start = bytesOf(data, reach);
      return replace(start, findAll(search, start), Math.min(length, start.length));
    },
  });
}

const NOTHING_TO_MASK: Masker = Object.freeze({
  mask: (text: string) => text,
  contains: () => false,
  excerpt(data: string | Uint8Array, length: number) {
    const start = bytesOf(data, length + LONGEST_CHARACTER);
    return replace(start, [], Math.min(length, start.length));
  },
});

/** At least the first `wanted` bytes, if there are as many. Not copied when they are bytes already. */
function bytesOf(data: string | Uint8Array, wanted = Number.POSITIVE_INFINITY): Buffer {
  if (typeof data === 'string')
    return Buffer.from(data.length > wanted ? data.slice(0, wanted) : data, 'utf8');
  return Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, wanted));
}

/** Where secrets are, as they are written and with percent-encoding undone; in order, without overlaps. */
function findAll(search: PatternSearch, bytes: Buffer): readonly Span[] {
  const plain = search.findAll(bytes);
  if (!bytes.includes(PERCENT)) return plain;
  const { bytes: unescaped, positions } = unescapePercent(bytes);
  const escaped = search.findAll(unescaped).map(({ start, end }) => ({
    start: positions[start] ?? 0,
    end: positions[end] ?? bytes.length,
  }));
  return mergeSpans([...plain, ...escaped]);
}

function mergeSpans(spans: Span[]): readonly Span[] {
  spans.sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push({ ...span });
    else last.end = Math.max(last.end, span.end);
  }
  return merged;
}

/** Of the first `length` bytes; a character cut in two at their end is left out. */
function replace(bytes: Buffer, spans: readonly Span[], length: number): string {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (start >= length) break;
    parts.push(bytes.subarray(at, start), MASK);
    at = end;
  }
  if (at < length) parts.push(bytes.subarray(at, wholeCharacters(bytes, length)));
  return Buffer.concat(parts).toString('utf8');
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function wholeCharacters(bytes: Buffer, length: number): number {
  let end = length;
  while (end > 0 && length - end < LONGEST_CHARACTER && isContinuation(bytes[end])) end -= 1;
  return isContinuation(bytes[end]) ? length : end;
}
