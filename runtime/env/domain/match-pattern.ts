import { patternParts } from './pattern.ts';

/** Bits of one word; a sign bit would be in the way. */
const BITS = 31;

/**
 * True when the whole text is as the pattern of `=like` says. All places of the pattern that the text read so far can have reached are
 * kept as bits and move together, so that no text and pattern can make it go back: the time is the text's length times the pattern's / 31.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = patternParts(pattern);
  // Place `n`: the first `n` single characters of the pattern are matched. Between them may be "any text".
  const singles = parts.filter(({ kind }) => kind !== 'any');
  const words = Math.floor(singles.length / BITS) + 1;
  const masks = masksOf(singles, words);
  const stays = staysOf(parts, words);

  let reached = new Int32Array(words);
  let next = new Int32Array(words);
  reached[0] = 1;
  for (const character of text) {
    const accepts = masks.byCharacter.get(character) ?? masks.anyCharacter;
    let carry = 0;
    let alive = 0;
    for (let word = 0; word < words; word += 1) {
      const places = reached[word] ?? 0;
      const moving = places & (accepts[word] ?? 0);
      const moved = ((moving << 1) & 0x7fffffff) | carry | (places & (stays[word] ?? 0));
      carry = (moving >>> (BITS - 1)) & 1;
      next[word] = moved;
      alive |= moved;
    }
    if (alive === 0) return false;
    [reached, next] = [next, reached];
  }
  const last = singles.length;
  return (((reached[Math.floor(last / BITS)] ?? 0) >>> (last % BITS)) & 1) === 1;
}

type Parts = ReturnType<typeof patternParts>;

interface Masks {
  /** Places from which any character leads on. */
  readonly anyCharacter: Int32Array;
  /** The same for the characters that the pattern names. */
  readonly byCharacter: ReadonlyMap<string, Int32Array>;
}

function masksOf(singles: Parts, words: number): Masks {
  const anyCharacter = new Int32Array(words);
  singles.forEach(({ kind }, place) => {
    if (kind === 'one') setBit(anyCharacter, place);
  });
  const byCharacter = new Map<string, Int32Array>();
  singles.forEach((part, place) => {
    if (part.kind !== 'text') return;
    const mask = byCharacter.get(part.character) ?? anyCharacter.slice();
    setBit(mask, place);
    byCharacter.set(part.character, mask);
  });
  return { anyCharacter, byCharacter };
}

/** Places at which any text may follow. */
function staysOf(parts: Parts, words: number): Int32Array {
  const stays = new Int32Array(words);
  let place = 0;
  for (const { kind } of parts) {
    if (kind === 'any') setBit(stays, place);
    else place += 1;
  }
  return stays;
}

function setBit(mask: Int32Array, place: number): void {
  const word = Math.floor(place / BITS);
  mask[word] = (mask[word] ?? 0) | (1 << (place % BITS));
}
