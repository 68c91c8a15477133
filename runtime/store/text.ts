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
