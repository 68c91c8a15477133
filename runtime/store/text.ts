/**
 * The text rules that every store shares, whatever its database thinks of Unicode.
 */

const REPLACEMENT = '\uFFFD';

/** Text that every database can hold: U+0000 and lone surrogates become U+FFFD. */
export function validText(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed();
  return formed.includes('\0') ? formed.replaceAll('\0', REPLACEMENT) : formed;
}

/** `validText`, for values that may be missing. */
export function validOrNull(text: string | null): string | null {
  return text === null ? null : validText(text);
}

/** The form in which text is compared when upper and lower case are alike. */
export function folded(text: string): string {
  return text.toUpperCase();
}

/** Below 0 when `a` comes first, above 0 when `b` does: by code points, which is also the order of UTF-8 bytes. Both are well-formed. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

/** Halves of characters above U+FFFF come after all others. */
const rankOf = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
