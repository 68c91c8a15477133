import type { Encoded } from '../../sandbox/types.ts';
import { encode } from '../../sandbox/wire/encode.ts';

/** In characters. */
const LONGEST = { name: 100, key: 500 };

/** Of one value in its encoded form, in bytes. */
const LARGEST_VALUE = 65_536;

/** What all registers of a project may take on the disk, in bytes. */
export const MOST_OF_PROJECT = 64 * 1024 ** 2;

/** What one list of entries may bring, in bytes: it is read and copied while nobody else is served. */
export const LARGEST_LIST = 1024 ** 2;

/** Entries of one list. */
export const MOST_ENTRIES = 1000;

/** Registers whose names begin so are for Protected Code, and outside for Managers. */
export const isHidden = (name: string): boolean => name.startsWith('_');

/** What is wrong with the name of a register or with a key, as a sentence; undefined when it is right. */
export function problemOf(what: keyof typeof LONGEST, text: unknown): string | undefined {
  const most = LONGEST[what];
  if (typeof text !== 'string') return `The ${what} of a register is text, not ${kindOf(text)}.`;
  if (text === '') return `The ${what} of a register is empty.`;
  if (text.length > most) return `The ${what} of a register has at most ${most} characters.`;
  // Stored, two of them could become the same.
  if (text.includes('\0') || !text.isWellFormed()) {
    return `The ${what} of a register holds U+0000 or half a character. Encode it first, with b64encode for example.`;
  }
  return undefined;
}

/** The form in which a value is kept; undefined when it is too large. */
export function keptForm(value: unknown): Encoded | undefined {
  const encoded = encode(value);
  const bytes = encoded.tails.reduce((sum, tail) => sum + tail.byteLength, Buffer.byteLength(encoded.text));
  return bytes > LARGEST_VALUE ? undefined : encoded;
}

export const TOO_LARGE = `A value in a register takes at most ${LARGEST_VALUE} bytes as JSON. Keep it in parts, or keep less of it.`;

export const FULL = `All registers of a project take at most ${MOST_OF_PROJECT} bytes. Delete entries that nobody needs any more.`;

/** `version`: what is there, 0 for nothing. */
export function conflictMessage(name: string, key: string, wanted: number, version: number): string {
  const is = version === 0 ? 'does not exist' : `has version ${version}`;
  const was = wanted === 0 ? 'nothing' : `version ${wanted}`;
  return `${name}/${key} ${is}, and the writer expected ${was}. Read it again and decide anew.`;
}

export const kindOf = (value: unknown): string => (value === null ? 'null' : `of type ${typeof value}`);
