/** Characters of a log line; the rest is left out in the realm. */
export const LONGEST_LINE = 65_536;
/** Characters of an error's name, message or stack. */
export const LONGEST_ERROR_TEXT = 16_384;

const REST = /^… \(\d+ more characters\)$/;

/**
 * Masks a text that its realm cut when it was longer than `most` characters. Secrets are masked before anybody cuts them;
 * here the cut came first, so that half of a secret may stand at the end.
 */
export function maskBounded(
  mask: (text: string, cut: boolean) => string,
  text: string,
  most: number,
): string {
  if (text.length < most) return mask(text, false);
  const rest = text.slice(most);
  return mask(text.slice(0, most), true) + (REST.test(rest) ? rest : '…');
}
