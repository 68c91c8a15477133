import { escapedByte } from '../../runtime/mask/percent.ts';
import type { Pairs } from '../../sandbox/types.ts';
import { HookRefusal } from './hook-refusal.ts';

const MOST_PAIRS = 1000;
const NONE: Pairs = Object.freeze([]);
/** Bytes read at a stretch: a few milliseconds. */
const STRETCH = 512 * 1024;

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * A query string, as `URLSearchParams` reads it, in time that grows with its length alone: five megabytes of plus signs
 * keep Node's for a second. 413 when there are too many pairs.
 */
export function parsePairs(text: string, what: string): Pairs {
  const reading = readPairs(Buffer.from(text, 'utf8'), what);
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
  }
}

/** The same of a urlencoded body, which may be large: others have their turn in between. */
export async function parsePairsInTurns(bytes: Uint8Array, what: string): Promise<Pairs> {
  const reading = readPairs(bytes, what);
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
    await new Promise(setImmediate);
  }
}

/** Stops after each stretch. */
function* readPairs(bytes: Uint8Array, what: string): Generator<undefined, Pairs> {
  if (bytes.length === 0) return NONE;
  const pairs: [string, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(AMPERSAND, at);
    const end = found === -1 ? bytes.length : found;
    if (end > at) pairs.push(yield* readPair(bytes.subarray(at, end)));
    if (pairs.length > MOST_PAIRS)
      throw new HookRefusal(413, `The request has more than ${MOST_PAIRS} ${what}.`);
    at = end + 1;
  }
  return pairs;
}

function* readPair(piece: Uint8Array): Generator<undefined, [string, string]> {
  const equals = piece.indexOf(EQUALS);
  if (equals === -1) return [yield* decodeForm(piece), ''];
  const name = yield* decodeForm(piece.subarray(0, equals));
  return [name, yield* decodeForm(piece.subarray(equals + 1))];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function* decodeForm(source: Uint8Array): Generator<undefined, string> {
  if (!source.includes(PLUS) && !source.includes(PERCENT)) return utf8.decode(source);
  const bytes = new Uint8Array(source.length);
  let read = 0;
  let written = 0;
  while (read < source.length) {
    const stretch = decodeStretch(source, read, Math.min(read + STRETCH, source.length), bytes, written);
    read = stretch.read;
    written = stretch.written;
    if (read < source.length) yield;
  }
  return utf8.decode(bytes.subarray(0, written));
}

/** A plus is a space, `%41` is `A`; what is no escape stays as it is. Says how far it got in both. */
function decodeStretch(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number) {
  let read = from;
  let written = at;
  while (read < to) {
    const byte = source[read] ?? 0;
    const escaped = byte === PERCENT ? escapedByte(source[read + 1], source[read + 2]) : -1;
    target[written] = escaped >= 0 ? escaped : byte === PLUS ? SPACE : byte;
    written += 1;
    read += escaped >= 0 ? 3 : 1;
  }
  return { read, written };
}
