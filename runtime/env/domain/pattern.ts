/** A part of a pattern of `=like`: any text, any one character, or this text. */
export type PatternPart =
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'text'; readonly character: string };

/** Reads `%`, `_` and `\` (which takes the next character literally; at the end it stands for itself). One part for each character. */
export function patternParts(pattern: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let isLiteral = false;
  for (const character of pattern) {
    if (isLiteral || (character !== '%' && character !== '_' && character !== '\\')) {
      parts.push({ kind: 'text', character });
      isLiteral = false;
    } else if (character === '\\') {
      isLiteral = true;
    } else {
      const kind = character === '%' ? 'any' : 'one';
      if (kind === 'one' || parts.at(-1)?.kind !== 'any') parts.push({ kind });
    }
  }
  if (isLiteral) parts.push({ kind: 'text', character: '\\' });
  return parts;
}
