import { randomBytes } from 'node:crypto';

const PREFIX = 'sluice-sealed-';
const RANDOM_BYTES = 16;
export const PLACEHOLDER_LENGTH = PREFIX.length + RANDOM_BYTES * 2;
/** Units or bytes looked through at a stretch: a few milliseconds at worst. */
const STRETCH = 256 * 1024;

/** Where a placeholder stands, in UTF-16 units of a text or in bytes; `end` is behind it. */
export interface Place<Secret> {
  readonly start: number;
  readonly end: number;
  readonly secret: Secret;
}

/**
 * What stands for a sealed secret: 128 random bits in letters that nothing escapes and that are the same in lower case,
 * so that it is found in the name of a header and in the host of a URL too.
 */
export const makePlaceholder = (): string => PREFIX + randomBytes(RANDOM_BYTES).toString('hex');

/**
 * The placeholders in a text or in bytes, in order: those that stand there letter by letter and are among `known`. Between
 * two stretches of large data it gives null: the time to let others have their turn.
 */
export function* placesIn<Secret>(
  data: string | Buffer,
  known: ReadonlyMap<string, Secret>,
): Generator<Place<Secret> | null, void> {
  for (let from = 0; from < data.length; from += STRETCH) {
    if (from > 0) yield null;
    yield* placesBetween(data, from, Math.min(from + STRETCH, data.length), known);
  }
}

/** Those that start from `from` on and before `to`. */
function* placesBetween<Secret>(
  data: string | Buffer,
  from: number,
  to: number,
  known: ReadonlyMap<string, Secret>,
): Generator<Place<Secret>, void> {
  const piece = pieceOf(data, from, to + PLACEHOLDER_LENGTH - 1);
  for (let at = piece.indexOf(PREFIX); at !== -1; at = piece.indexOf(PREFIX, at + PREFIX.length)) {
    if (from + at >= to) return;
    const end = at + PLACEHOLDER_LENGTH;
    const written = typeof piece === 'string' ? piece.slice(at, end) : piece.toString('latin1', at, end);
    const secret = known.get(written);
    if (secret !== undefined) yield { start: from + at, end: from + end, secret };
  }
}

const pieceOf = (data: string | Buffer, from: number, to: number): string | Buffer =>
  typeof data === 'string' ? data.slice(from, to) : data.subarray(from, to);

/** Where a placeholder begins that the end of the text cuts in two; the length of the text when none does. */
export function cutPlaceholderAt(text: string): number {
  const at = text.lastIndexOf(PREFIX);
  return at === -1 || text.length - at >= PLACEHOLDER_LENGTH ? text.length : at;
}
