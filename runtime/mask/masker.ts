import { whyUnmaskable } from './maskable.ts';
import { matches } from './matches.ts';
import { PatternSearch, type Span } from './pattern-search.ts';
import { unescapePercent } from './percent.ts';
import { type FormName, secretForms } from './secret-forms.ts';

/** A secret that was found: its key, never its value, and how it was written. */
export interface Found {
  readonly key: string;
  readonly form: FormName;
}

/** Knows some secret values and finds them in text, also in the encodings in which they usually travel. */
export interface Masker {
  /**
   * The text with every secret replaced by `***`; the text itself when it holds none. Of a text whose end was cut off, so
   * much more is left out as a secret could begin in: half of it would not be known as one.
   */
  mask(text: string, cut?: boolean): string;
  /** Whether a secret is in it. */
  contains(data: string | Uint8Array): boolean;
  /** The secrets that are in it, each once. While large data is looked through, others have their turn. */
  find(data: string | Uint8Array): Promise<readonly Found[]>;
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
  const known = Object.entries(secrets).filter(([, value]) => whyUnmaskable(value) === null);
  if (known.length === 0) return NOTHING_TO_MASK;
  const forms = known.flatMap(([key, value]) => secretForms(value).map((form) => ({ key, ...form })));
  const search = new PatternSearch(forms.map(({ bytes }) => bytes));
  const reach = search.longest * LONGEST_ESCAPE;

  const masker: Masker = {
    mask(text, cut = false) {
      const bytes = Buffer.from(text, 'utf8');
      if (cut) return masker.excerpt(bytes, Math.max(0, bytes.length - reach));
      const spans = findAll(search, bytes);
      return spans.length === 0 ? text : replace(bytes, spans, bytes.length);
    },
    contains(data) {
      for (const match of matches(search, bytesOf(data))) if (match !== null) return true;
      return false;
    },
    async find(data) {
      const found = new Map<string, Found>();
      for (const match of matches(search, bytesOf(data))) {
        const form = match === null ? undefined : forms[match];
        if (form !== undefined) found.set(form.key, { key: form.key, form: form.form });
        if (found.size === known.length) break;
        if (match === null) await new Promise(setImmediate);
      }
      return [...found.values()];
    },
    excerpt(data, length) {
      const start = bytesOf(data, length + reach);
      return replace(start, findAll(search, start), Math.min(length, start.length));
    },
  };
  return Object.freeze(masker);
}

const NOTHING_TO_MASK: Masker = Object.freeze({
  mask: (text: string) => text,
  contains: () => false,
  find: async () => [],
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
